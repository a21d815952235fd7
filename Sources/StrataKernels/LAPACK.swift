#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// OpenBLAS, which has LAPACK in it; on Apple's systems Accelerate. Opened when a large matrix is first
/// factorised: to load it takes 20 ms, more than a small fit, and most processes never need it.
///
/// Sendable by construction: addresses of C functions that any thread may call.
struct LAPACK: Sendable {
  private typealias Factorise =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<Int32>, UnsafeMutablePointer<Double>,
      UnsafePointer<Int32>, UnsafeMutablePointer<Int32>, _ lengthOfFirst: Int
    ) -> Void

  private let factorise: Factorise
  /// The library with its version and kernel: `OpenBLAS 0.3.21 … SkylakeX`.
  let name: String

  /// Nil if the machine has none.
  static let shared: LAPACK? = LAPACK()

  /// Where it is looked for.
  static var fileNames: [String] {
    #if canImport(Darwin)
      ["/System/Library/Frameworks/Accelerate.framework/Accelerate"]
    #else
      ["libopenblas.so.0", "libopenblas.so", "liblapack.so.3"]
    #endif
  }

  private init?() {
    for file in LAPACK.fileNames {
      guard let library = dlopen(file, RTLD_NOW | RTLD_LOCAL) else { continue }
      guard let found = dlsym(library, "dpotrf_") else {
        dlclose(library)
        continue
      }
      factorise = unsafeBitCast(found, to: Factorise.self)
      name = LAPACK.configuration(library) ?? file
      LAPACK.useOneThread(library)
      return
    }
    return nil
  }

  /// The Cholesky factor in the lower triangle of a row-major matrix.
  /// - Returns: 0, or the order of the first leading minor that is not positive and finite.
  func cholesky(_ matrix: UnsafeMutablePointer<Double>, dimension: Int) -> Int {
    let size = Int32(dimension)
    var status: Int32 = 0
    // What is the lower triangle row by row is the upper one to LAPACK, which counts column by column.
    withUnsafePointer(to: CChar(bitPattern: UInt8(ascii: "U"))) { upper in
      withUnsafePointer(to: size) { factorise(upper, $0, matrix, $0, &status, 1) }
    }
    if status != 0 { return Int(status) }
    // OpenBLAS takes the root of a NaN without a word.
    return (0..<dimension).first { !matrix[$0 * (dimension + 1)].isFinite }.map { $0 + 1 } ?? 0
  }

  private static func configuration(_ library: UnsafeMutableRawPointer) -> String? {
    guard let found = dlsym(library, "openblas_get_config") else { return nil }
    typealias Configuration = @convention(c) () -> UnsafePointer<CChar>
    let text = String(cString: unsafeBitCast(found, to: Configuration.self)())
    return text.split(separator: " ").joined(separator: " ")
  }

  /// The calling thread alone does the work, in the whole process: chains run in parallel, and a second level of
  /// threads would only get in their way. Those that OpenBLAS has started go on looking for work for a tenth
  /// of a second, on the cores that the chains need, so they are ended; it starts them again if it is asked to.
  private static func useOneThread(_ library: UnsafeMutableRawPointer) {
    guard let set = dlsym(library, "openblas_set_num_threads") else { return }
    unsafeBitCast(set, to: (@convention(c) (Int32) -> Void).self)(1)
    guard let end = dlsym(library, "blas_thread_shutdown_") else { return }
    unsafeBitCast(end, to: (@convention(c) () -> Void).self)()
  }
}
