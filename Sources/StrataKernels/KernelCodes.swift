internal import CKernels

/// For each element, the index of a coarser vector's element that it takes its value from.
package struct KernelCodes: Sendable {
  // Sendable: memory of the program's storage, never written again.
  nonisolated(unsafe) let codes: UnsafePointer<Int32>
  let runs: Runs?
  let count: Int
  /// One more than the largest code.
  let limit: Int

  /// The codes as runs of neighbours that share theirs.
  struct Runs: Sendable {
    // Sendable: as above.
    nonisolated(unsafe) let all: UnsafePointer<strata_run>
    nonisolated(unsafe) let firstOfBlock: UnsafePointer<UInt32>
  }

  /// From this mean length on, runs are faster than element by element.
  private static let worthwhileLength = 4

  init(_ codes: [Int32], keptIn storage: Storage) {
    precondition(codes.allSatisfy { $0 >= 0 }, "negative code")
    self.codes = UnsafePointer(storage.keep(codes))
    count = codes.count
    limit = Int(codes.max() ?? -1) + 1
    runs = KernelCodes.runs(of: codes, keptIn: storage)
  }

  private static func runs(of codes: [Int32], keptIn storage: Storage) -> Runs? {
    let block = Int(STRATA_BLOCK)
    var runs: [strata_run] = []
    var firstOfBlock: [UInt32] = []
    for (index, code) in codes.enumerated() {
      let startsBlock = index % block == 0
      if startsBlock { firstOfBlock.append(UInt32(runs.count)) }
      if startsBlock || runs[runs.count - 1].code != code {
        runs.append(strata_run(code: code, length: 0))
      }
      runs[runs.count - 1].length += 1
    }
    guard runs.count * worthwhileLength <= codes.count else { return nil }
    firstOfBlock.append(UInt32(runs.count))
    return Runs(
      all: UnsafePointer(storage.keep(runs)),
      firstOfBlock: UnsafePointer(storage.keep(firstOfBlock)))
  }
}
