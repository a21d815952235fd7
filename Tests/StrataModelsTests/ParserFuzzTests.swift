import StrataModels
import Testing

/// Whatever comes in, the parser answers with a model or with a ``ModelError`` that has a place; it never traps
/// and never hangs. What it accepts, it prints and accepts again.
@Suite struct ParserFuzzTests {
  private static let words =
    Symbol.allCases.map(\.rawValue) + [
      "\n", "\r\n", " ", "\t", "# c", "a", "b1", "mu", "county", "columns", "columns:", "row",
      "exp",
      "exp(", "log", "dot", "dot(", "Normal", "Normal(", "Gamma(", "mean =", "1", ".5", "1e-3",
      "1e999",
      "2x", "x.1", "\"Y\"", "\"", "`a b`", "`", "$", "é", "\u{200B}", "\u{0}", "−", "👩‍🚀", "!", "a[",
      "a[g]",
      "y ~ Normal(", "x = ",
    ]

  private static let valid = """
    mu ~ Normal(0, 1)
    beta[columns: x1, x2] ~ Normal(0, 10)
    cell[Eth, Sex] ~ Normal(mu, exp(-2^-1))
    d = b * (period == 3) + (trt == "progabide") - rate["B"]
    log(earn) ~ StudentT(4, cell[Eth, Sex] + dot(columns: x1, x2; beta), sd = sqrt(`v 1`)) # end

    """

  private func check(_ text: String) throws {
    do {
      let model = try Model(text)
      #expect(try Model(model.description) == model)
    } catch let error {
      #expect(!error.message.isEmpty && !error.description.isEmpty)
      if let line = error.line, let column = error.column {
        let length = ModelText(text).line(line).count
        #expect(line >= 1 && column >= 1 && column <= length + 1, "\(text.debugDescription)")
      }
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func wordSoup(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...30, using: &random)
      let space = Bool.random(using: &random) ? " " : ""
      let words = (0..<count).map { _ in Self.words.randomElement(using: &random)! }
      try check(words.joined(separator: space))
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func mutatedTexts(seed: UInt64) throws {
    var random = SplitMix(state: 1000 + seed)
    for _ in 0..<1000 {
      var characters = Array(Self.valid)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<characters.count, using: &random)
        let end = min(characters.count, place + Int.random(in: 0...5, using: &random))
        switch Int.random(in: 0..<3, using: &random) {
        case 0: characters.removeSubrange(place..<end)
        case 1: characters.insert(contentsOf: Self.words.randomElement(using: &random)!, at: place)
        default:
          // A copy: the optimiser lets a lazily reversed slice of the array dangle while the array grows.
          let reversed: [Character] = characters[place..<end].reversed()
          characters.insert(contentsOf: reversed, at: place)
        }
        if characters.isEmpty { break }
      }
      try check(String(characters))
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func randomScalars(seed: UInt64) throws {
    var random = SplitMix(state: 2000 + seed)
    for _ in 0..<1000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x11_0000
        if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) {
          text.append(scalar)
        }
      }
      try check(String(text))
    }
  }
}
