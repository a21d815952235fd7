import Foundation
import Strata

let table = try Table(contentsOf: "radon.csv")
print(table.rowCount, table.columnNames)

let counties = try table.factor("county")
print(counties.levelCount, "counties")
