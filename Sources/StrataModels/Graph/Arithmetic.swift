internal import StrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The operations on plain numbers: for what is known before sampling.
enum Arithmetic {
  static func value(_ operation: UnaryOperation, _ x: Double) -> Double {
    switch operation {
    case .negate: -x
    case .exp: exp(x)
    case .log: log(x)
    case .log10: log10(x)
    case .sqrt: x.squareRoot()
    case .abs: abs(x)
    case .logit: log(x / (1 - x))
    case .inverseLogit: 1 / (1 + exp(-x))
    case .square: x * x
    }
  }

  static func value(_ operation: BinaryOperation, _ x: Double, _ y: Double) -> Double {
    func truth(_ holds: Bool) -> Double { holds ? 1 : 0 }
    return switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: pow(x, y)
    case .equal: truth(x == y)
    case .notEqual: truth(x != y)
    case .less: truth(x < y)
    case .lessOrEqual: truth(x <= y)
    case .greater: truth(x > y)
    case .greaterOrEqual: truth(x >= y)
    }
  }

  /// Element by element; a single number goes with every element of the other.
  static func values(_ operation: BinaryOperation, _ x: [Double], _ y: [Double]) -> [Double] {
    (0..<max(x.count, y.count)).map {
      value(operation, x[x.count == 1 ? 0 : $0], y[y.count == 1 ? 0 : $0])
    }
  }
}
