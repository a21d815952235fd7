/// A log density that the samplers can use: a value that is immutable and shared by the chains.
///
/// Each chain makes its own evaluation, so the density itself needs no locks. The density may be
/// known up to a constant; its position is a point of unconstrained space.
public protocol LogDensity: Sendable {
  /// The scratch memory and arithmetic of one chain.
  associatedtype Evaluation: LogDensityEvaluation

  /// How many coordinates a position has.
  var dimension: Int { get }

  /// Coordinates whose sign changes nothing: the density is even in each of them. Chains and the search for a mode
  /// keep to where they are positive. None by default.
  var evenCoordinates: [Int] { get }

  /// Makes the scratch memory of one chain.
  func makeEvaluation() throws -> Evaluation

  /// Makes it with that many threads to share the work of each evaluation, for when there are more cores than
  /// chains. The numbers must not depend on them. By default they are not used.
  func makeEvaluation(threads: Int) throws -> Evaluation
}

extension LogDensity {
  /// None.
  @inlinable public var evenCoordinates: [Int] { [] }

  /// ``makeEvaluation()``, whatever the number of threads.
  @inlinable
  public func makeEvaluation(threads: Int) throws -> Evaluation { try makeEvaluation() }
}

/// Scratch memory and evaluation of one chain; never shared between threads.
///
/// What the samplers make of a value that is not finite: -infinity is a point outside the support,
/// a rejection (Metropolis) or a divergence (NUTS); NaN and +infinity are treated as -infinity while
/// sampling, and are an error at the start point. An error that is thrown stops the chain and
/// reaches the caller unchanged.
public protocol LogDensityEvaluation {
  /// The log density at `position` (dimension values); its gradient is written into `gradient`
  /// (dimension values). The gradient may be left unwritten where the result is -infinity.
  mutating func logDensity(
    at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) throws -> Double

  /// The log density at `position` alone.
  mutating func logDensity(at position: UnsafePointer<Double>) throws -> Double

  /// Of a density that falls into a term for each of many elements (the levels of a factor, say), given the other
  /// coordinates: for each coordinate, its element, or -1. Empty, as by default, for any other density.
  var elementOfCoordinates: [Int] { get }

  /// The term of one element, at a position that differs from the last one of ``logDensity(at:)`` in coordinates of
  /// elements alone. Metropolis asks for it instead of the whole density.
  mutating func logDensity(ofElement element: Int, at position: UnsafePointer<Double>) throws
    -> Double

  /// How many numbers a draw reports: constrained parameters and derived quantities, say.
  var reportedCount: Int { get }

  /// How many of them, from the first on, are kept for every draw; of the others only means and sums of squares are
  /// (``ChainResult/moments``). All by default.
  var keptCount: Int { get }

  /// Writes the reported numbers of `position` into `output` (reportedCount values).
  ///
  /// - Parameters:
  ///   - position: dimension values.
  ///   - output: for reportedCount values.
  ///   - random: a stream of this draw's own, for numbers that are drawn given the position.
  mutating func report(
    at position: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>,
    random: inout RandomStream) throws
}

extension LogDensityEvaluation {
  /// None.
  @inlinable public var elementOfCoordinates: [Int] { [] }

  /// The whole density: right for any element, and never asked for by default.
  @inlinable
  public mutating func logDensity(
    ofElement element: Int, at position: UnsafePointer<Double>
  ) throws -> Double { try logDensity(at: position) }

  /// All that is reported.
  @inlinable public var keptCount: Int { reportedCount }
}

/// A log density that reports its position as it is.
public protocol PlainLogDensityEvaluation: LogDensityEvaluation {
  /// How many coordinates a position has.
  var dimension: Int { get }
}

extension PlainLogDensityEvaluation {
  /// The dimension.
  @inlinable public var reportedCount: Int { dimension }

  /// Copies the position.
  @inlinable
  public mutating func report(
    at position: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>,
    random: inout RandomStream
  ) throws {
    output.update(from: position, count: dimension)
  }
}

/// One chain's evaluation behind plain closures, so that the engine itself is not generic: the
/// closures are made where the concrete type is known, and the density is inlined into them.
///
/// A class, so that the hot loop can call through an unmanaged reference without counting.
@usableFromInline
package final class DensityFunctions {
  @usableFromInline let dimension: Int
  @usableFromInline let reportedCount: Int
  @usableFromInline let keptCount: Int
  @usableFromInline let evenCoordinates: [Int]
  @usableFromInline
  let gradient: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Double
  @usableFromInline let value: (UnsafePointer<Double>) throws -> Double
  @usableFromInline let elementOfCoordinates: [Int]
  @usableFromInline let element: (Int, UnsafePointer<Double>) throws -> Double
  @usableFromInline
  let report:
    (UnsafePointer<Double>, UnsafeMutablePointer<Double>, inout RandomStream) throws -> Void

  @inlinable
  package init<D: LogDensity>(_ density: D, threads: Int = 1) throws {
    let storage = EvaluationStorage(try density.makeEvaluation(threads: threads))
    dimension = density.dimension
    evenCoordinates = density.evenCoordinates
    reportedCount = storage.pointer.pointee.reportedCount
    keptCount = storage.pointer.pointee.keptCount
    gradient = { try storage.pointer.pointee.logDensity(at: $0, gradient: $1) }
    value = { try storage.pointer.pointee.logDensity(at: $0) }
    elementOfCoordinates = storage.pointer.pointee.elementOfCoordinates
    element = { try storage.pointer.pointee.logDensity(ofElement: $0, at: $1) }
    report = { try storage.pointer.pointee.report(at: $0, into: $1, random: &$2) }
  }
}

/// Owns one evaluation at a fixed address, free of the run-time exclusivity checks that a class's
/// own stored property would have on every gradient.
@usableFromInline
final class EvaluationStorage<Evaluation> {
  @usableFromInline let pointer: UnsafeMutablePointer<Evaluation>

  @inlinable
  init(_ evaluation: Evaluation) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: evaluation)
  }

  @inlinable
  deinit {
    pointer.deinitialize(count: 1)
    pointer.deallocate()
  }
}
