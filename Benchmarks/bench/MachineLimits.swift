import CLimits
import StrataKernels

/// What one core can do at most, measured: the numbers that kernels are held against.
struct MachineLimits {
  /// Bytes per second that memory moves for a[i] = b[i] + s c[i] over arrays far larger than the last
  /// cache: 32 for each i, as the line that is stored to is read first.
  var bytesPerSecond: Double
  /// Floating-point operations per second of independent chains of multiply-adds, which count as two.
  var operationsPerSecond: [Backend: Double]

  /// Rows whose arrays lie in memory: ten million, or four times the last cache in three arrays.
  static var rowsInMemory: Int { max(10_000_000, 4 * Machine.lastCacheBytes / 24) }

  static func measure() -> MachineLimits {
    var operations: [Backend: Double] = [:]
    for backend in Backend.allCases where backend.isAvailable {
      operations[backend] = chain(backend)
    }
    return MachineLimits(bytesPerSecond: triad(), operationsPerSecond: operations)
  }

  private static func triad() -> Double {
    let rows = rowsInMemory
    // Written once, so that every page is there.
    let arrays = (0..<3).map { _ in
      let array = UnsafeMutablePointer<Double>.allocate(capacity: rows)
      array.initialize(repeating: 1, count: rows)
      return array
    }
    defer { for array in arrays { array.deallocate() } }
    let timing = Timing { limits_triad(rows, 0.5, arrays[0], arrays[1], arrays[2]) }
    return 32 * Double(rows) / timing.least
  }

  private static func chain(_ backend: Backend) -> Double {
    let run =
      switch backend {
      case .portable: limits_chain_portable
      case .avx2: limits_chain_avx2
      case .avx512: limits_chain_avx512
      }
    var sink = 1.0
    var operations = 0.0
    let timing = Timing { operations = run(10_000, &sink) }
    return operations / timing.least
  }
}

extension MachineLimits: CustomStringConvertible {
  var description: String {
    let chains = Backend.allCases.compactMap { backend in
      operationsPerSecond[backend].map { "\(backend.rawValue) \(short($0 / 1e9))" }
    }
    return "Limits of one core: triad \(short(bytesPerSecond / 1e9)) GB/s, "
      + "multiply-adds \(chains.joined(separator: ", ")) GFLOP/s"
  }
}

/// How near a kernel comes to the limit that binds it.
struct LimitShare: Encodable {
  /// What binds: "memory" (the triad) or "arithmetic" (the chain of multiply-adds).
  var limit: String
  /// The limit: bytes, or operations, per second.
  var limitPerSecond: Double
  /// The time that the limit allows, over the least time taken (the limit is the best of its samples
  /// too).
  var share: Double

  /// - Parameters:
  ///   - work: bytes and operations of one row
  ///   - inMemory: whether the rows are too many for the caches, so that memory can bind at all
  init?(
    _ limits: MachineLimits, backend: Backend, work: KernelWork, inMemory: Bool,
    secondsPerRow: Double
  ) {
    guard let operations = limits.operationsPerSecond[backend] else { return nil }
    let arithmetic = work.operations / operations
    let memory = inMemory ? work.bytes / limits.bytesPerSecond : 0
    limit = memory > arithmetic ? "memory" : "arithmetic"
    limitPerSecond = memory > arithmetic ? limits.bytesPerSecond : operations
    share = max(memory, arithmetic) / secondsPerRow
  }
}

/// What a kernel does for one row.
struct KernelWork: Encodable {
  /// Moved to and from the caches: 8 for a value per row, 16 for its derivative (read, added to,
  /// written). A shared argument moves nothing.
  var bytes: Double
  /// Multiplications, additions, subtractions and divisions, an fma as two. Comparisons, choices and
  /// the integer steps of exponentials and logarithms are not in it, and a division counts one while it
  /// occupies its unit for many: no kernel that has them can come to 100 %.
  var operations: Double
}
