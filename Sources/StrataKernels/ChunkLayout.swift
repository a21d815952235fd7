internal import CKernels

/// How a long closed section is cut into chunks that threads can share: where the cuts are, and which adjoints
/// of whole vectors each chunk adds to. It depends on the section alone, so that results do not depend on how
/// many threads there are.
struct ChunkLayout {
  /// A chunk takes some ten microseconds at least: less would not pay for handing it over.
  private static let smallestChunk = 8192

  private var count = 0
  private var blocks = 0
  private var ranges: [strata_range] = []

  /// Nil if the section is too short, or has nearly as many sums as elements.
  init?(count elements: Int, steps: [strata_instruction]) {
    let chunks = min(Int(STRATA_CHUNKS), elements / ChunkLayout.smallestChunk)
    guard chunks > 1 else { return nil }
    let block = Int(STRATA_BLOCK)
    let allBlocks = (elements + block - 1) / block
    blocks = (allBlocks + chunks - 1) / chunks
    count = (allBlocks + blocks - 1) / blocks
    for chunk in 0..<count {
      let first = chunk * blocks * block
      ranges += ChunkLayout.targets(of: steps, first..<min(first + blocks * block, elements))
    }
    guard ranges.reduce(0, { $0 + $1.count }) <= elements else { return nil }
  }

  /// What the steps look up outside the section, each vector once. Every chunk has the same vectors.
  private static func targets(of steps: [strata_instruction], _ elements: Range<Int>)
    -> [strata_range]
  {
    var ends: [Int: (low: Int, high: Int)] = [:]
    func add(_ offset: Int, _ low: Int, _ high: Int) {
      let known = ends[offset] ?? (low, high)
      ends[offset] = (min(known.low, low), max(known.high, high))
    }
    for step in steps {
      var inputs = [step.in.0, step.in.1, step.in.2, step.out, step.center, step.scale]
      if let coefficients = step.coefficients {
        inputs += UnsafeBufferPointer(start: coefficients, count: step.columns)
      }
      for (index, input) in inputs.enumerated()
      where input.storage == Int32(STRATA_STORAGE_VECTOR.rawValue) {
        switch step.op {
        case Int32(STRATA_OP_GATHER.rawValue), Int32(STRATA_OP_SPREAD.rawValue):
          guard index == 0 else { continue }
          let codes = UnsafeBufferPointer(start: step.codes, count: elements.upperBound)[elements]
          add(input.offset, Int(codes.min()!), Int(codes.max()!))
        case Int32(STRATA_OP_DOT.rawValue): add(input.offset, 0, step.columns - 1)
        default: add(input.offset, 0, 0)
        }
      }
    }
    return ends.sorted { $0.key < $1.key }.map {
      strata_range(offset: $0.key + $0.value.low, count: $0.value.high - $0.value.low + 1)
    }
  }

  func describe(_ section: inout strata_section, _ storage: Storage) {
    section.chunk_count = count
    section.chunk_blocks = blocks
    section.ranges = UnsafePointer(storage.keep(ranges))
    section.range_count = ranges.count / count
  }
}
