import Foundation
import StrataKernels
import StrataModels

/// The log posterior of a model, straight from its statements and the table: scalar, row by row, with the
/// textbook formulas and libm. Slow, and shares no arithmetic with the graph, the compiler or the kernels.
///
/// What it takes from the bound model: the order of the parameters in the position, their units, and which are measured
/// as spreads.
struct PosteriorOracle {
  /// A sum with the sum of the absolute values of its terms, which rounding is measured by.
  struct Sum {
    var value = 0.0
    var size = 0.0
    /// False where a textbook formula cancels.
    var isReliable = true

    mutating func add(_ terms: Double...) {
      for term in terms {
        value += term
        size += abs(term)
      }
    }
  }

  /// Where an expression is evaluated: a row that lies in the level meant stands for the level.
  enum Place: Equatable {
    case scalar
    case row(Int)
    case column(Int)

    var row: Int? { if case .row(let row) = self { row } else { nil } }
  }

  let model: Model
  let table: Table
  private var statements: [String: Statement] = [:]
  private var correlated: [CorrelatedSet] = []
  private var numbers: [String: [Double]] = [:]
  private var texts: [String: [String]] = [:]
  private var levels: [[String]: (codes: [Int], rows: [Int])] = [:]
  /// Name, number of elements and unit of the parameters, in the order of the position.
  private var order: [(name: String, count: Int, unit: ParameterUnit, isSpread: Bool)] = []

  init(_ density: PosteriorDensity) throws {
    model = density.bound.model
    table = density.bound.layout.table
    for column in table.columnNames {
      texts[column] = try table.text(column)
      numbers[column] = try? table.numbers(column)
    }
    for statement in model.statements {
      switch statement.target {
      case .name(let name) where texts[name] == nil: statements[name] = statement
      case .grouped(let name, let columns):
        statements[name] = statement
        levels[columns] = makeLevels(columns)
      case .coefficients(let name, _): statements[name] = statement
      case .correlation: correlated += [CorrelatedSet(statement)!]
      default: break
      }
    }
    for (index, parameter) in density.bound.parameters.enumerated() {
      order.append(
        (
          parameter.name, count(of: parameter.name), density.parameterUnits[index],
          density.planned.isSpread(index)
        ))
    }
  }

  var dimension: Int { order.reduce(0) { $0 + $1.count } }

  /// Numerical order if all cells are whole numbers, else by bytes; combinations column by column.
  private func makeLevels(_ columns: [String]) -> (codes: [Int], rows: [Int]) {
    if columns == ["row"] { return (Array(0..<table.rowCount), Array(0..<table.rowCount)) }
    let cells = (0..<table.rowCount).map { row in columns.map { texts[$0]![row] } }
    let areWhole = columns.map { texts[$0]!.allSatisfy { Int($0) != nil } }
    let distinct = Set(cells).sorted { a, b in
      for (index, pair) in zip(a, b).enumerated() where pair.0 != pair.1 {
        return areWhole[index]
          ? Int(pair.0)! < Int(pair.1)! : Array(pair.0.utf8).lexicographicallyPrecedes(pair.1.utf8)
      }
      return false
    }
    return (
      cells.map { distinct.firstIndex(of: $0)! }, distinct.map { cells.firstIndex(of: $0)! }
    )
  }

  private func count(of name: String) -> Int {
    switch statements[name]?.target {
    case .grouped(_, let columns): levels[columns]!.rows.count
    case .coefficients(_, let columns): columns.count
    default: 1
    }
  }

  /// The place that stands for an element of a parameter.
  private func place(of name: String, _ element: Int) -> Place {
    switch statements[name]!.target {
    case .grouped(_, let columns): .row(levels[columns]!.rows[element])
    case .coefficients: .column(element)
    default: .scalar
    }
  }

  // MARK: The density

  /// The log density at an unconstrained position, and apart from it the log-Jacobian.
  func evaluate(at position: [Double]) throws -> (
    density: Sum, jacobian: Sum, values: [String: [Double]]
  ) {
    var (density, jacobian) = (Sum(), Sum())
    var values: [String: [Double]] = [:]
    var next = 0
    for (name, count, unit, isSpread) in order {
      if let (set, (i, j)) = correlation(named: name) {
        let (low, high) = set.bounds(i, j, values)
        let u = position[next]
        values[name] = [low + (high - low) / (1 + exp(-u))]
        jacobian.add(log(high - low), -log(1 + exp(-u)), -log(1 + exp(u)))
        next += 1
        continue
      }
      let isCorrelated = correlated.contains { $0.effects.contains(name) }
      guard case .distributed(let call) = statements[name]!.content else { continue }
      for element in 0..<count {
        let place = place(of: name, element)
        let prior = try OracleDistribution(call) { try value($0, place, values) }
        let u = position[next]
        let x: Double
        switch (prior.lower, prior.upper) {
        case (let low?, let high?):
          x = low + (high - low) / (1 + exp(-u))
          jacobian.add(log(high - low), -log(1 + exp(-u)), -log(1 + exp(u)))
        case (let low?, nil) where isSpread:
          x = low + unit.scale * exp(spreadExponent(u))
          jacobian.add(spreadExponent(u), log(spreadSlope(u)), log(unit.scale))
        case (let low?, nil):
          x = low + unit.scale * exp(u)
          jacobian.add(u, log(unit.scale))
        case (nil, let high?):
          x = high - unit.scale * exp(u)
          jacobian.add(u, log(unit.scale))
        case (nil, nil):
          x = unit.center + unit.scale * u
          jacobian.add(log(unit.scale))
        }
        if !isCorrelated { prior.addLogDensity(of: x, to: &density) }
        values[name, default: []].append(x)
        next += 1
      }
    }
    for set in correlated { try addPriors(of: set, values, &density) }
    for statement in model.statements { try addLikelihood(statement, values, &density) }
    return (density, jacobian, values)
  }

  private func correlation(named name: String) -> (CorrelatedSet, (Int, Int))? {
    for set in correlated {
      if let pair = set.pair(of: name) { return (set, pair) }
    }
    return nil
  }

  private func addPriors(
    of set: CorrelatedSet, _ values: [String: [Double]], _ sum: inout Sum
  ) throws {
    set.addPrior(values, to: &sum)
    for element in 0..<count(of: set.effects[0]) {
      let priors = try set.effects.map { name in
        guard case .distributed(let call) = statements[name]!.content else {
          throw Problem.unsupported
        }
        return try OracleDistribution(call) { try value($0, place(of: name, element), values) }
      }
      Self.addNormal(
        set.effects.map { values[$0]![element] }, priors.map { $0.argument("mean", 0) },
        priors.map { $0.argument("sd", 1) }, set.matrix(values), to: &sum)
    }
  }

  private func addLikelihood(_ statement: Statement, _ values: [String: [Double]], _ sum: inout Sum)
    throws
  {
    guard case .distributed(let call) = statement.content else { return }
    let outcome: StrataModels.Expression
    switch statement.target {
    case .name(let name) where texts[name] != nil: outcome = StrataModels.Expression(.name(name))
    case .expression(let expression): outcome = expression
    default: return
    }
    for row in 0..<table.rowCount {
      let y = try value(outcome, .row(row), values)
      let distribution = try OracleDistribution(call) { try value($0, .row(row), values) }
      distribution.addLogDensity(of: y, to: &sum)
      if case .call(.log, let inner) = outcome.node, case .name = inner.node {
        sum.add(-y)  // d log(x) / dx = 1 / x = exp(-log x)
      }
    }
  }

  /// The value of a parameter or quantity that the user sees, for one element.
  func quantity(_ name: String, _ element: Int, _ values: [String: [Double]]) throws -> Double {
    if let known = values[name] { return known[element] }
    guard case .equals(let expression) = statements[name]!.content else {
      throw Problem.unsupported
    }
    return try value(expression, place(of: name, element), values)
  }

  enum Problem: Error { case unsupported }

  // MARK: Expressions

  private func value(_ e: StrataModels.Expression, _ place: Place, _ values: [String: [Double]])
    throws -> Double
  {
    switch e.node {
    case .number(let x): return x
    case .text: throw Problem.unsupported
    case .name(let name):
      if let row = place.row, texts[name] != nil { return numbers[name]![row] }
      if let known = values[name] { return known[0] }
      guard case .equals(let expression)? = statements[name]?.content else {
        throw Problem.unsupported
      }
      return try value(expression, place, values)
    case .element(let name, let subscripts):
      guard case .grouped(_, let columns) = statements[name]?.target else {
        throw Problem.unsupported
      }
      let level = levels[columns]!
      var cells: [String] = []
      for case .level(let cell) in subscripts { cells.append(cell) }
      if cells.isEmpty, let row = place.row { return try quantity(name, level.codes[row], values) }
      let found = level.rows.firstIndex { row in
        columns == ["row"] ? [String(row + 1)] == cells : columns.map { texts[$0]![row] } == cells
      }
      return try quantity(name, found!, values)
    case .correlation(let first, let second): return values["correlation(\(first), \(second))"]![0]
    case .dot(_, let name):
      guard case .coefficients(_, let columns) = statements[name]?.target, let row = place.row
      else { throw Problem.unsupported }
      return zip(columns, values[name]!).reduce(0) { $0 + numbers[$1.0]![row] * $1.1 }
    case .negate(let x): return -(try value(x, place, values))
    case .call(let function, let x): return call(function, try value(x, place, values))
    case .binary(let operation, let x, let y):
      if case .text(let cell) = y.node, case .name(let column) = x.node, let row = place.row {
        return (texts[column]![row] == cell) == (operation == .equal) ? 1 : 0
      }
      return binary(operation, try value(x, place, values), try value(y, place, values))
    }
  }

  private func call(_ function: Function, _ x: Double) -> Double {
    switch function {
    case .exp: exp(x)
    case .log: log(x)
    case .log10: log10(x)
    case .sqrt: sqrt(x)
    case .abs: fabs(x)
    case .logit: log(x) - log(1 - x)
    case .inverseLogit: 1 / (1 + exp(-x))
    }
  }

  private func binary(_ operation: BinaryOperator, _ x: Double, _ y: Double) -> Double {
    switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: pow(x, y)
    case .equal: x == y ? 1 : 0
    case .notEqual: x != y ? 1 : 0
    case .less: x < y ? 1 : 0
    case .lessOrEqual: x <= y ? 1 : 0
    case .greater: x > y ? 1 : 0
    case .greaterOrEqual: x >= y ? 1 : 0
    }
  }
}
