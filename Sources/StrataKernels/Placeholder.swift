internal import CKernels

package func placeholder() -> Int32 { Int32(strata_backend_current().rawValue) }
