import StrataModels
import Testing

@Test func tableSmoke() throws {
  let table = try Table(csv: "county,floor,y\r\nB,0,1.5\r\n\"A,x\",1,2.5\r\nB,0,3\r\n")
  #expect(table.rowCount == 3)
  #expect(try table.factor("county").levels == ["\"A,x\"", "B"])
  #expect(try table.factor("county").codes == [1, 0, 1])
  #expect(try table.factor("county", "floor").levels == ["\"A,x\",1", "B,0"])
  #expect(try table.numbers("y") == [1.5, 2.5, 3])
  #expect(try table.numbers("floor", perLevelOf: table.factor("county")) == [1, 0])
}
