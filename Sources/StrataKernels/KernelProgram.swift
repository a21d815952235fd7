internal import CKernels

/// A posterior log density as a program for the C kernels: straight-line steps over vectors, made by
/// ``KernelProgramBuilder``, with its gradient by reverse accumulation.
///
/// The program is immutable; every thread that runs it needs a ``Workspace`` of its own.
package final class KernelProgram: Sendable {
  // Sendable by construction: the pointers lead to memory that this object owns, that is filled in
  // `init` and only read afterwards, by C functions that take it as const, until `deinit` frees it.
  private nonisolated(unsafe) let program: UnsafeMutablePointer<strata_program>
  private let storage: Storage

  /// The length of a position.
  package let dimension: Int
  /// Whether a section is long enough for several threads.
  package let canShare: Bool
  /// The length of the vectors that ``values(at:workspace:)`` computes.
  package let valueCount: Int
  /// The parts that the log density falls into, given the scalars; nil if there are none.
  package let elements: ProgramElements?
  /// What drawing the numbers that the program integrates out needs; nil if there are none.
  package let gaussianDraw: GaussianDrawSize?

  init(
    sections: [strata_section], shape: ProgramShape, elements: ProgramElements?, storage: Storage,
    gaussianDraw: GaussianDrawSize?
  ) {
    self.elements = elements
    self.gaussianDraw = gaussianDraw
    self.storage = storage
    dimension = shape.dimension
    valueCount = shape.vectorSize
    canShare = sections.contains { $0.chunk_count > 1 }
    program = .allocate(capacity: 1)
    program.initialize(
      to: strata_program(
        sections: UnsafePointer(storage.keep(sections)), section_count: sections.count,
        dimension: shape.dimension, vector_size: shape.vectorSize, adjoint_size: shape.adjointSize,
        block_size: shape.blockSize,
        constant: shape.constant, jacobian_constant: shape.jacobianConstant))
  }

  deinit { program.deallocate() }

  /// Scratch memory for one evaluation at a time, which long sections share among `threads`.
  package func makeWorkspace(threads: Int = 1) -> Workspace {
    // A team that could not be started leaves the work to the caller.
    let team = canShare && threads > 1 ? strata_team_create(threads) : nil
    return Workspace(
      count: strata_program_workspace_size(program, strata_team_members(team)), team: team)
  }

  /// The log density at an unconstrained `position`, and its gradient if `gradient` is not nil
  /// (`dimension` numbers each). -infinity outside the support and where anything is not a number.
  /// - Parameter jacobian: whether the density is that of the unconstrained parameters.
  @inline(__always)
  package func logDensity(
    at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>?,
    workspace: Workspace, jacobian: Bool = true
  ) -> Double {
    strata_program_log_density(
      program, position, gradient, workspace.base,
      jacobian ? UInt32(STRATA_WITH_JACOBIAN.rawValue) : 0, workspace.team)
  }

  /// What an element of ``elements`` adds to the log density at a position that differs from the last one of
  /// ``logDensity(at:gradient:workspace:jacobian:)``, if at all, in elements.
  package func logDensity(
    ofElement element: Int, at position: UnsafePointer<Double>, workspace: Workspace, jacobian: Bool
  ) -> Double {
    strata_program_element(
      program, position, element, workspace.base,
      jacobian ? UInt32(STRATA_WITH_JACOBIAN.rawValue) : 0)
  }

  /// Of a program without closed sections, the whole vectors at `position`: `valueCount` numbers, valid
  /// until the workspace is used again.
  package func values(at position: UnsafePointer<Double>, workspace: Workspace) -> UnsafePointer<
    Double
  > {
    strata_program_values(program, position, workspace.base)
    return UnsafePointer(workspace.base)
  }

  /// Draws what the program integrates out, given the position that the workspace was last used for.
  /// - Parameters:
  ///   - normals: `gaussianDraw.memory` doubles that begin with `gaussianDraw.normals` standard normal numbers.
  ///   - output: `gaussianDraw.drawn` numbers: the border's coefficients, then each effect's values, if they are drawn.
  package func draw(
    workspace: Workspace, normals: UnsafeMutablePointer<Double>,
    into output: UnsafeMutablePointer<Double>
  ) {
    strata_program_draw(program, workspace.base, normals, output)
  }

  /// Scratch memory of one evaluation, and the threads that share its work.
  package final class Workspace {
    let base: UnsafeMutablePointer<Double>
    let team: OpaquePointer?

    init(count: Int, team: OpaquePointer?) {
      self.team = team
      base = allocateAligned(max(count, 1))
      base.initialize(repeating: 0, count: max(count, 1))
    }

    deinit {
      strata_team_destroy(team)
      UnsafeMutableRawPointer(base).deallocate()
    }
  }
}

/// The numbers a program is made of besides its steps.
struct ProgramShape {
  var dimension = 0
  var vectorSize = 0
  var adjointSize = 0
  var blockSize = 0
  var constant = 0.0
  var jacobianConstant = 0.0
}

/// Memory that starts at a cache line, so that no vector lies across two.
private func allocateAligned<T>(_ count: Int) -> UnsafeMutablePointer<T> {
  UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<T>.stride, alignment: 64)
    .bindMemory(to: T.self, capacity: count)
}

/// Owns arrays at fixed addresses for as long as a program needs them.
final class Storage: Sendable {
  // Sendable: filled while the program is built, by one thread, and only freed afterwards.
  private nonisolated(unsafe) var blocks: [UnsafeMutableRawPointer] = []

  /// Copies the array to a fixed address.
  func keep<T: BitwiseCopyable>(_ array: [T]) -> UnsafeMutablePointer<T> {
    let copy: UnsafeMutablePointer<T> = allocateAligned(max(array.count, 1))
    copy.initialize(from: array, count: array.count)
    blocks.append(UnsafeMutableRawPointer(copy))
    return copy
  }

  deinit { for block in blocks { block.deallocate() } }
}
