import StrataKernels
import Testing

/// Work that is shared out among threads.
@Suite struct SharedWorkerTests {
  /// Marks that threads leave, each in places of its own.
  private final class Marks: @unchecked Sendable {
    let places: UnsafeMutableBufferPointer<Int>

    init(_ count: Int) {
      places = .allocate(capacity: count)
      places.initialize(repeating: 0)
    }

    deinit { places.deallocate() }
  }

  @Test(arguments: [(0, 4), (1, 4), (3, 8), (1_000, 1), (1_000, 3), (1_000, 16)])
  func everyPieceIsDoneOnce(count: Int, threads: Int) {
    let (done, by) = (Marks(count), Marks(count))
    WorkerThread.share(count, threads: threads) { index, thread in
      done.places[index] += 1
      by.places[index] = thread
    }
    #expect(done.places.allSatisfy { $0 == 1 })
    #expect(by.places.allSatisfy { 0 <= $0 && $0 < threads })
  }

  /// What the threads wrote is there when the call returns, also in calls that follow each other closely.
  @Test func callsWaitForTheirThreads() {
    for round in 0..<300 {
      let sums = Marks(7)
      WorkerThread.share(7, threads: 4) { index, _ in sums.places[index] = index * round }
      #expect(sums.places.reduce(0, +) == 21 * round)
    }
  }
}
