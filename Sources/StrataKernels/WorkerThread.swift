internal import CKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A flag that any thread may set and any thread may look at; once set it stays. What was written
/// before it was set is seen by who sees it set.
///
/// Unchecked, because the compiler cannot see that the only memory behind it is one C int that is
/// allocated with the object, freed with it, and touched by atomic operations alone.
package final class AtomicFlag: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<Int32>

  package init() {
    memory = .allocate(capacity: 1)
    memory.initialize(to: 0)
  }

  deinit { memory.deallocate() }

  package func set() { strata_flag_set(memory) }

  package var isSet: Bool { strata_flag_is_set(memory) != 0 }
}

/// Threads of our own for work that never suspends: on the threads of Swift's pool, of which there
/// are only as many as cores, it would keep every other task of the process from running.
package enum WorkerThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread; in the calling one if the system has no more threads.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    let status = strata_thread_start(
      { context in Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().body() },
      work.toOpaque())
    if status != 0 { work.takeRetainedValue().body() }
  }

  /// The cores that there are.
  package static let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  private final class SharedWork: Sendable {
    let body: @Sendable (Int, Int) -> Void
    init(_ body: @escaping @Sendable (Int, Int) -> Void) { self.body = body }
  }

  /// Runs `body` for 0..<count and returns when all have ended: in the calling thread and new ones, each of which takes the
  /// next number as soon as it is free. `body` also gets the number of its thread, below `threads`.
  ///
  /// Not Dispatch's `concurrentPerform`: that wakes threads where they slept, which may be the core that is busy here, where
  /// they wait for milliseconds; a new thread begins on another one (on Linux with glibc).
  package static func share(
    _ count: Int, threads: Int = cores, _ body: @Sendable (_ index: Int, _ thread: Int) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      let work = SharedWork(body)
      withExtendedLifetime(work) {
        strata_share_out(
          count, threads,
          { Unmanaged<SharedWork>.fromOpaque($0!).takeUnretainedValue().body($1, $2) },
          Unmanaged.passUnretained(work).toOpaque())
      }
    }
  }
}

/// A place where one thread leaves a value for another.
///
/// Unchecked, because `value` is written once, before `full` is set (release), and read only by who
/// has seen `full` set (acquire).
package final class Handover<Value>: @unchecked Sendable {
  private var value: Value?
  private let full = AtomicFlag()

  package init() {}

  /// Leaves the value; once only.
  package func put(_ value: sending Value) {
    precondition(!full.isSet)
    self.value = value
    full.set()
  }

  /// The value, after it has been left.
  package func take() -> Value {
    precondition(full.isSet)
    return value!
  }
}
