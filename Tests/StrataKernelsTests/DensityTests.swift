import StrataKernels
import Testing

@Suite struct DensityTests {
  let lengths = [0, 1, 7, 8, 9, 16, 17, 100, 1000]

  /// The density of each row is that of the row alone, bit for bit, in every number of rows and kind of sharing.
  @Test(arguments: DensityFamily.allCases)
  func eachRowIsItsOwnSum(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 3)
    for count in lengths where count > 0 {
      let rows = family.sample(count, &random)
      for isShared in [false, true] {
        let arguments: [DensityArgument] = rows.dropFirst().map {
          isShared ? .shared($0[0]) : .each($0)
        }
        var found = [Double](repeating: 0, count: count)
        found.withUnsafeMutableBufferPointer { found in
          family.pointwise(rows[0], arguments, into: found.baseAddress!)
        }
        for row in 0..<count {
          let one = try logDensity(
            family, count: 1, y: .shared(rows[0][row]),
            arguments: rows.dropFirst().map { .shared($0[isShared ? 0 : row]) }, wanted: nil)
          #expect(
            found[row].bitPattern == one.value.bitPattern, "\(family), row \(row) of \(count)")
        }
      }
    }
  }

  /// Central differences, h = 1e-5: truncation h^2 f''' and rounding 1e-16 f / h are both below 1e-8
  /// at these ordinary points; a wrong formula is wrong by far more.
  @Test(arguments: DensityFamily.allCases)
  func derivativesAreSlopes(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 1)
    for _ in 0..<40 {
      let rows = family.sample(11, &random)
      let result = try family.evaluate(rows)
      let together = try family.evaluate(
        rows.map { [Double](repeating: $0[0], count: 11) }, shared: Set(rows.indices.dropFirst()))
      for index in rows.indices where !family.isData(index) {
        func value(_ row: Int?, _ shift: Double) throws -> Double {
          guard let row else {
            var same = rows.map { [Double](repeating: $0[0], count: 11) }
            same[index] = same[index].map { $0 + shift }
            return try family.evaluate(same).value
          }
          var moved = rows
          moved[index][row] += shift
          return try family.evaluate(moved).value
        }
        let h = 1e-5
        for row in [0, 4, 10] {
          let slope = (try value(row, h) - value(row, -h)) / (2 * h)
          let found = result.derivatives[index][row]
          #expect(abs(found - slope) < 1e-6 * (1 + abs(slope)), "argument \(index) at \(rows)")
        }
        let slope = (try value(nil, h) - value(nil, -h)) / (2 * h)
        let found = together.derivatives[index].reduce(0, +)
        #expect(abs(found - slope) < 1e-6 * (1 + abs(slope)), "shared argument \(index) at \(rows)")
      }
    }
  }

  /// A shared argument and n equal ones: the same bits in the value, the sum of the derivatives.
  @Test(arguments: DensityFamily.allCases)
  func sharedAgreesWithEach(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 2)
    for length in lengths {
      for pattern in 0..<(1 << family.domains.count) {
        let shared = Set(family.domains.indices.filter { pattern >> $0 & 1 == 1 })
        if shared.count == family.domains.count && length != 1 { continue }
        var rows = family.sample(max(length, 1), &random)
        for index in shared {
          rows[index] = rows[index].map { [first = rows[index][0]] _ in first }
        }
        for index in rows.indices where length == 0 && !shared.contains(index) { rows[index] = [] }
        if family == .binomial || family == .binomialLogit, shared.contains(0) || shared.contains(1)
        {
          rows[1] = rows[1].map { max($0, 12) }  // still no fewer than the successes
        }
        let one = try family.evaluate(rows, shared: shared)
        if length == 0 {
          #expect(one.value == 0 && one.derivatives.allSatisfy { $0.allSatisfy { $0 == 0 } })
          continue
        }
        let each = try family.evaluate(rows)
        #expect(one.value == each.value && one.value.isFinite, "\(length) rows, shared \(shared)")
        for index in rows.indices {
          if shared.contains(index) {
            let size = each.derivatives[index].reduce(0) { $0 + abs($1) }
            let sum = each.derivatives[index].reduce(0, +)
            // Two orders of adding up to 1000 numbers.
            #expect(
              abs(one.derivatives[index][0] - sum) <= 1e-13 * size, "\(length) rows, \(index)")
          } else {
            #expect(one.derivatives[index] == each.derivatives[index], "\(length) rows, \(index)")
          }
        }
      }
    }
  }

  /// The sum is the sum of the observations one by one.
  @Test(arguments: DensityFamily.allCases)
  func sumsItsObservations(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 3)
    for length in lengths {
      let rows = family.sample(length, &random)
      let all = try family.evaluate(rows)
      var sum = 0.0
      var size = 0.0
      for row in 0..<length {
        let one = try family.evaluate(rows.map { [$0[row]] })
        sum += one.value
        size += abs(one.value)
        for index in rows.indices {
          #expect(one.derivatives[index][0] == all.derivatives[index][row])
        }
      }
      #expect(abs(all.value - sum) <= 1e-13 * size)
    }
  }

  @Test(arguments: DensityFamily.allCases)
  func addsToAdjoints(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 4)
    for length in [1, 8, 13] {
      let rows = family.sample(length, &random)
      for shared in [Set<Int>(), Set(rows.indices.dropFirst())] {
        let plain = try family.evaluate(rows, shared: shared)
        let added = try family.evaluate(rows, shared: shared, adding: 1024)
        #expect(plain.value == added.value)
        for (a, b) in zip(plain.derivatives, added.derivatives) {
          #expect(zip(a, b).allSatisfy { 1024 + $0 == $1 })
        }
      }
    }
  }

  /// Each derivative is the same whether or not the others are asked for, and counts have none.
  @Test(arguments: DensityFamily.allCases)
  func leavesOutWhatIsNotWanted(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 5)
    let rows = family.sample(13, &random)
    let all = try family.evaluate(rows)
    for pattern in 0..<(1 << rows.count) {
      let wanted = rows.indices.map { pattern >> $0 & 1 == 1 }
      let some = try family.evaluate(rows, wanted: wanted)
      #expect(some.value == all.value)
      for index in rows.indices where wanted[index] {
        #expect(some.derivatives[index] == all.derivatives[index])
        if family.isData(index) { #expect(all.derivatives[index].allSatisfy { $0 == 0 }) }
      }
    }
  }

  @Test(arguments: DensityFamily.allCases)
  func backendsAgreeToTheBit(_ family: DensityFamily) throws {
    var random = BitGenerator(state: 6)
    var cases = lengths.map { family.sample($0, &random) }
    let reference = DensityReference.all.filter { $0.family == family }
    cases.append(
      family.domains.indices.map { index in
        reference.map { index == 0 ? $0.y : $0.arguments[index - 1] }
      })
    for rows in cases {
      // One observation at a time as well: the extreme ones hide each other in a sum.
      let pieces = [rows] + (0..<(rows[0].count)).map { row in rows.map { [$0[row]] } }
      for piece in pieces {
        var first: [UInt64]?
        try onEveryBackend { backend in
          let result = try family.evaluate(piece)
          let constant = try logDensityConstant(
            family, count: piece[0].count, y: .each(piece[0]),
            arguments: piece.dropFirst().map { .each($0) })
          let bits =
            [result.value.bitPattern, constant.bitPattern]
            + result.derivatives.flatMap { $0.map(\.bitPattern) }
          #expect(bits == first ?? bits, "\(backend), \(piece[0].count) rows")
          first = first ?? bits
        }
      }
    }
  }

  @Test func constantsRefuseWhatIsNoCount() throws {
    let rate = DensityArgument.shared(1.0)
    for y in [-1, 0.5, -.infinity, .infinity, .nan] {
      #expect(
        try logDensityConstant(.poisson, count: 2, y: .each([3, y]), arguments: [rate])
          == -.infinity)
      #expect(
        try logDensityConstant(
          .binomial, count: 2, y: .each([3, y]), arguments: [.shared(9), rate]) == -.infinity)
      #expect(
        try logDensityConstant(
          .binomial, count: 2, y: .each([3, 2]), arguments: [.each([9, y]), rate]) == -.infinity)
      #expect(
        try logDensityConstant(.bernoulli, count: 1, y: .shared(y), arguments: [rate]) == -.infinity
      )
    }
    #expect(
      try logDensityConstant(.binomial, count: 1, y: .shared(4), arguments: [.shared(3), rate])
        == -.infinity)
    let six = try logDensityConstant(.poisson, count: 3, y: .shared(3), arguments: [rate])
    #expect(abs(six + 5.375278407684165) < 1e-14)  // 3 log 6
    #expect(try logDensityConstant(.normal, count: 3, y: .shared(3), arguments: [rate, rate]) == 0)
  }

  @Test func wrongSizesAreErrors() {
    #expect(
      throws: DensityError.wrongArgumentCount(
        family: .gamma, expected: ["shape", "rate"], found: 1)
    ) {
      try logDensity(.gamma, count: 1, y: .shared(1), arguments: [.shared(1)])
    }
    let error = DensityError.wrongLength(family: .normal, argument: "sd", expected: 3, found: 2)
    #expect(throws: error) {
      try logDensity(.normal, count: 3, y: .shared(1), arguments: [.shared(0), .each([1, 1])])
    }
    #expect(
      error.description
        == "normal: sd has 2 values for 3 observations; give 3, or one shared value")
  }
}

extension DensityFamily {
  /// ``logDensities(count:of:_:into:)`` of arrays.
  fileprivate func pointwise(
    _ y: [Double], _ arguments: [DensityArgument], into output: UnsafeMutablePointer<Double>
  ) {
    let starts = arguments.reduce(into: [y.count]) { $0.append($0.last! + $1.values.count) }
    (y + arguments.flatMap(\.values)).withUnsafeBufferPointer { all in
      logDensities(
        count: y.count, of: DensityValues(all.baseAddress!, isShared: false),
        arguments.enumerated().map {
          DensityValues(all.baseAddress! + starts[$0], isShared: $1.isShared)
        }, into: output)
    }
  }
}
