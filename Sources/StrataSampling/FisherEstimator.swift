import StrataKernels

/// The scale of each coordinate from the spread of draws and of their gradients.
///
/// A diagonal metric changes coordinates to q / scale. Of all scales the one that brings the
/// posterior nearest to a standard normal, by the Fisher divergence, makes draws and gradients
/// equally wide: scale² = sd(draws) / sd(gradients). Where coordinates are independent and normal
/// the two are proportional, draw by draw, and three draws give the scale exactly; the variance
/// alone would need hundreds. Source: Seyboldt2026.
///
/// Draws enter two windows, the foreground and the background, which is younger; the scale is that
/// of the foreground. When windows are switched the background becomes the foreground, so that the
/// scale forgets where the chain came from and yet never rests on a handful of draws.
package final class FisherEstimator {
  /// Means and sums of squared deviations of draws and gradients.
  private struct Window {
    var count = 0
    let memory: UnsafeMutablePointer<Double>
    let size: Int

    init(size: Int) {
      self.size = size
      memory = .allocate(capacity: max(4 * size, 1))
      memory.initialize(repeating: 0, count: 4 * size)
    }

    var draws: UnsafeMutablePointer<Double> { memory + size }
    var gradients: UnsafeMutablePointer<Double> { memory + 3 * size }

    mutating func add(_ position: UnsafePointer<Double>, _ gradient: UnsafePointer<Double>) {
      count += 1
      let share = 1 / Double(count)
      VectorOperations.welford(
        count: size, share: share, position, mean: memory, squares: memory + size)
      VectorOperations.welford(
        count: size, share: share, gradient, mean: memory + 2 * size, squares: memory + 3 * size)
    }

    mutating func reset() {
      count = 0
      memory.update(repeating: 0, count: 4 * size)
    }
  }

  private var foreground: Window
  private var background: Window

  package init(dimension: Int) {
    foreground = Window(size: dimension)
    background = Window(size: dimension)
  }

  deinit {
    foreground.memory.deallocate()
    background.memory.deallocate()
  }

  /// Draws in the foreground.
  package var count: Int { foreground.count }
  /// Draws in the background.
  package var backgroundCount: Int { background.count }

  /// Takes in a draw and the gradient there (dimension values each).
  package func add(_ position: UnsafePointer<Double>, gradient: UnsafePointer<Double>) {
    foreground.add(position, gradient)
    background.add(position, gradient)
  }

  /// The background becomes the foreground, and an empty window the background.
  package func switchWindows() {
    swap(&foreground, &background)
    background.reset()
  }

  /// Writes the scales (dimension values); those of coordinates or gradients that did not change
  /// stay as they are.
  package func writeScale(_ scale: UnsafeMutablePointer<Double>) {
    VectorOperations.fisherScale(
      count: foreground.size, draws: foreground.draws, gradients: foreground.gradients,
      scale: scale)
  }
}

/// When the overlapping windows of warmup are switched: every 10 draws in its first 30 %, while the
/// chain is still on its way, then after 80 draws and windows half as long again each time, as long
/// as a whole window still fits; the last 15 % tune the step size alone. Numbers: nuts-rs 0.18.
package struct OverlappingWindows: Sendable, Equatable {
  /// Where the short windows end.
  package let earlyEnd: Int
  /// Where the metric is fixed.
  package let end: Int
  private var window = 80

  package init(warmup: Int) {
    earlyEnd = Int(0.3 * Double(warmup))
    end = warmup - Int(0.15 * Double(warmup))
  }

  /// Whether to switch after this iteration (from 0), with so many draws in the background.
  package mutating func switches(after iteration: Int, background: Int) -> Bool {
    guard iteration >= earlyEnd else { return background >= 10 && iteration + 10 <= end }
    if iteration == earlyEnd { window = max(window, background) }
    let next = window + window / 2
    guard background >= window, iteration + next <= end else { return false }
    window = next
    return true
  }
}
