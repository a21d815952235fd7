import StrataModels
import StrataSampling
import Testing

/// A model's text with a table's: the shorthand of the tests of binding.
struct Bound {
  var model: String
  var table: String
  var dropMissing = false

  func bound() throws -> BoundModel {
    try Model(model, name: "m.strata").bound(
      to: Table(csv: table, name: "t.csv"), dropMissing: dropMissing)
  }

  func density(jacobian: Bool = true) throws -> PosteriorDensity {
    PosteriorDensity(try bound(), jacobian: jacobian)
  }

  /// The whole message of the error that binding throws.
  func message() -> String {
    do {
      _ = try bound()
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}

extension PosteriorDensity {
  /// The log density at a position, with the gradient.
  func evaluate(at position: [Double]) -> (value: Double, gradient: [Double]) {
    let evaluation = makeEvaluation()
    var gradient = [Double](repeating: .nan, count: position.count)
    let value = gradient.withUnsafeMutableBufferPointer { gradient in
      evaluation.logDensity(at: position, gradient: gradient.baseAddress!)
    }
    return (value, gradient)
  }

  /// The log density at a position, without the gradient.
  func value(at position: [Double]) -> Double { makeEvaluation().logDensity(at: position) }

  /// The reported numbers at a position.
  func report(at position: [Double]) -> [Double] {
    let evaluation = makeEvaluation()
    var output = [Double](repeating: .nan, count: evaluation.reportedCount)
    var random = RandomStream(seed: 1)
    output.withUnsafeMutableBufferPointer {
      evaluation.report(at: position, into: $0.baseAddress!, random: &random)
    }
    return output
  }
}

/// A model with the whole message, or the notes, that it gives.
struct BindingCase: Sendable, CustomTestStringConvertible {
  var name: String
  var model: String
  var message: String
  var table: String

  init(_ name: String, _ model: String, _ message: String, table: String = BindingCase.table) {
    (self.name, self.model, self.message, self.table) = (name, model, message, table)
  }

  var testDescription: String { name }

  func check() { #expect(Bound(model: model, table: table).message() == message) }

  static let table = """
    county,state,y,x,u,count,bin,size,hits,earn,use,se,frac,pos,const,big,tiny,one,dose,wide name
    A,n,1.5,0.1,2,3,1,5,2,10,Y,1,0.5,2,7,2e12,1e-12,k,low,1
    A,n,2.5,-0.3,2,0,0,6,6,20,N,2,0.2,3,7,-1e12,2e-12,k,high,2
    B,n,0.5,1.2,5,7,1,4,0,30,Y,1,0.7,1,7,1e11,1e-13,k,low,3
    B,n,-1,0.4,5,2,1,9,3,5,N,3,0.9,4,7,3e12,0,k,mid,4
    C,s,0,0.9,-1,1,0,3,1,8,Y,1,0.1,6,7,1,1e-12,k,low,5
    C,s,3,-2,-1,4,0,2,2,60,N,2,0.4,5,7,2,3e-12,k,high,6
    """

  /// The table with one line changed.
  static func table(changing old: String, to new: String) -> String {
    precondition(table.contains(old))
    var text = table
    text.replace(old, with: new)
    return text
  }
}
