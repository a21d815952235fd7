import Foundation
import Strata

let table = try Table(contentsOf: "radon.csv")
print(table.rowCount, table.columnNames)

let counties = try table.factor("county")
print(counties.levelCount, "counties")

let model = try Model(contentsOf: "radon.strata")
let plan = try model.plan(for: table)
print(plan)

let fit = try await model.fit(to: table)
print(fit.diagnostics.verdict ?? "The draws should not be used as they are.")

for finding in fit.diagnostics.findings {
  print(finding.message)
}

let slope = try fit.quantity("b[HENNEPIN]")
print(slope)

let steep = try fit.probability { $0["b[HENNEPIN]"] < -0.7 }
print("P(slope < -0.7) = \(steep)")

let forest = try fit.plot(.forest("b", reference: 0))
try forest.svg(width: 720).write(toFile: "forest.svg", atomically: true, encoding: .utf8)
