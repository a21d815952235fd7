internal import CKernels

/// The instruction sets the kernels are compiled for. All give the same bits; they differ in speed.
///
/// The best one the processor has is chosen on the first use of a kernel; the environment variable
/// `STRATA_BACKEND` (`portable`, `avx2`, `avx512`) chooses another that is available.
public enum Backend: String, CaseIterable, Sendable {
  /// SSE2 on x86-64 (right, but slow: its fused multiply-add is a library call), NEON on arm64.
  case portable
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, DQ and VL.
  case avx512

  /// The backend in use.
  public static var current: Backend { Backend(strata_backend_current()) }

  /// Whether this build and this processor have the backend.
  public var isAvailable: Bool { strata_backend_available(code) != 0 }

  /// Uses `backend` from now on; false, and nothing changes, if it is not available.
  ///
  /// Not while another thread runs a kernel: that one may finish on the backend it began with. (The
  /// table of kernels is replaced atomically and the bits are the same, so no result is wrong;
  /// timings would be.)
  @discardableResult
  package static func force(_ backend: Backend) -> Bool { strata_backend_force(backend.code) != 0 }

  private var code: strata_backend {
    switch self {
    case .portable: STRATA_BACKEND_PORTABLE
    case .avx2: STRATA_BACKEND_AVX2
    case .avx512: STRATA_BACKEND_AVX512
    }
  }

  private init(_ code: strata_backend) {
    switch code {
    case STRATA_BACKEND_AVX2: self = .avx2
    case STRATA_BACKEND_AVX512: self = .avx512
    default: self = .portable
    }
  }
}
