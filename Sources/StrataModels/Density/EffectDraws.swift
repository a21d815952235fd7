internal import StrataKernels

/// How a position of what is sampled becomes one of all parameters, once the integrated ones are drawn.
package struct EffectDraws: Sendable {
  /// Coordinates that are copied.
  private var sampled: [(from: Range<Int>, to: Int)] = []
  /// Drawn numbers, with the unit that their coordinates are measured in.
  private var drawn: [(from: Range<Int>, to: Int, unit: ParameterUnit)] = []
  private let dimension: Int

  init(
    _ gaussian: GaussianMarginal, planned: BoundModel, full: BoundModel, _ units: [ParameterUnit]
  ) {
    for index in full.parameters.indices where !planned.integrated.contains(index) {
      sampled.append((planned.positions(of: index), full.positions(of: index).lowerBound))
    }
    for (index, start) in gaussian.drawnStarts {
      let target = full.positions(of: index)
      drawn.append((start..<start + target.count, target.lowerBound, units[index]))
    }
    dimension = full.parameters.indices.reduce(0) { $0 + full.positions(of: $1).count }
  }

  /// Writes the position of all parameters.
  func complete(
    _ position: UnsafePointer<Double>, with values: UnsafePointer<Double>,
    into full: UnsafeMutablePointer<Double>
  ) {
    for part in sampled {
      (full + part.to).update(from: position + part.from.lowerBound, count: part.from.count)
    }
    for part in drawn {
      let (source, target) = (values + part.from.lowerBound, full + part.to)
      for i in 0..<part.from.count {
        target[i] = (source[i] - part.unit.center) / part.unit.scale
      }
    }
  }

  /// One chain's memory for draws.
  final class Memory {
    let normals: UnsafeMutablePointer<Double>
    let normalCount: Int
    let drawn: UnsafeMutablePointer<Double>
    let position: UnsafeMutablePointer<Double>

    init(_ effects: EffectDraws, _ size: GaussianDrawSize) {
      normals = .allocate(capacity: size.memory + 16)
      normals.initialize(repeating: 0, count: size.memory + 16)
      normalCount = size.normals
      drawn = .allocate(capacity: size.drawn + 1)
      drawn.initialize(repeating: 0, count: size.drawn + 1)
      position = .allocate(capacity: effects.dimension + 1)
      position.initialize(repeating: 0, count: effects.dimension + 1)
    }

    deinit {
      normals.deallocate()
      drawn.deallocate()
      position.deallocate()
    }
  }
}
