import StrataKernels
import Testing

extension SpecialFunctionTests {
  /// The kernels of the sampler: the same bits from every backend, through tails and past a group.
  @Test(
    "sampler kernels: every backend gives the same bits",
    arguments: [1, 2, 7, 8, 9, 15, 16, 17, 175, 1000])
  func samplerBackends(count: Int) {
    var expected: [[UInt64]]?
    onEveryBackend { backend in
      let found = Self.samplerResults(count).map { $0.map(\.bitPattern) }
      if let expected { #expect(found == expected, "\(backend)") } else { expected = found }
    }
  }

  /// What every kernel makes of vectors of random words, scaled down to numbers of size 1.
  private static func samplerResults(_ n: Int) -> [[Double]] {
    func words(_ stream: UInt64) -> [Double] {
      var words = [Double](repeating: 0, count: n)
      VectorOperations.randomWords(count: n, seed: 5, stream: stream, block: 9, into: &words)
      return words
    }
    func numbers(_ stream: UInt64) -> [Double] {
      words(stream).map { 0x1p-62 * Double(Int64(bitPattern: $0.bitPattern)) }
    }
    let v = (0..<7).map { numbers(UInt64($0)) }
    var (a, b, sum, mean, squares) = (v[0], v[1], v[2], v[3], v[4])
    VectorOperations.drift(
      count: n, half: 0.3, scale: v[5], position: v[0], momentum: v[1], gradient: v[2],
      positionOut: &a, momentumOut: &b)
    let kick = VectorOperations.kick(
      count: n, half: 0.3, scale: v[5], gradient: v[6], momentum: &b)
    let pair = VectorOperations.joinPair(count: n, v[0], v[1], sum: &sum)
    let join = VectorOperations.join(
      count: n, outerA: v[0], innerA: v[1], innerB: v[2], outerB: v[3], sumA: v[4], sumB: v[5],
      sum: &sum)
    VectorOperations.welford(count: n, share: 0.25, v[0], mean: &mean, squares: &squares)
    var scale = [Double](repeating: 1, count: n)
    VectorOperations.fisherScale(count: n, draws: squares, gradients: v[1], scale: &scale)
    let layers = (0..<512).map { 1 - Double($0) / 600 }
    var normals = words(12)
    let open = VectorOperations.ziggurat(count: min(n, 64), layers: layers, words: &normals)
    let counts = [kick, pair ? 1 : 0, join ? 1 : 0, Double(bitPattern: open)]
    return [words(11), a, b, sum, mean, squares, scale, normals, counts]
  }

  /// The known-answer vectors of Random123 1.14, tests/kat_vectors, "philox4x32 10".
  @Test("Philox4x32 gives the known answers")
  func knownAnswers() {
    func words(_ seed: UInt64, _ stream: UInt64, counter: UInt64) -> [UInt64] {
      var words = [Double](repeating: 0, count: 16)
      VectorOperations.randomWords(
        count: 16, seed: seed, stream: stream, block: counter / 8, into: &words)
      let lane = Int(counter % 8)
      return [words[lane].bitPattern, words[lane + 8].bitPattern]
    }
    #expect(words(0, 0, counter: 0) == [0xe169_c58d_6627_e8d5, 0x9b00_dbd8_bc57_ac4c])
    #expect(
      words(.max, .max, counter: .max) == [0x41c8_3b0e_408f_276d, 0x6d54_51fd_a20b_c7c6])
    #expect(
      words(0x299f_31d0_a409_3822, 0x0370_7344_1319_8a2e, counter: 0x85a3_08d3_243f_6a88)
        == [0x94fd_cceb_d16c_fe09, 0x2412_6ea1_5001_e420])
  }
}
