internal import CKernels

/// How a program's log density falls into parts: given the scalars, each element's parameters (those of a group, say)
/// stand in a term of their own.
package struct ProgramElements: Sendable {
  /// How many elements there are.
  package let count: Int
  /// For each coordinate of the position, the element whose parameter it is; -1 for scalars.
  package let ofCoordinates: [Int]

  /// Nil unless all sections that are not loose have the same number of elements, and no element is looked at from
  /// anywhere but the same element of another section.
  init?(_ sections: [strata_section], _ shape: ProgramShape) {
    let vectors = sections.filter { $0.loose == 0 }
    guard let count = vectors.first?.count, count > 1, vectors.allSatisfy({ $0.count == count })
    else { return nil }
    var owners = [Int](repeating: -1, count: shape.dimension)
    var written: [Range<Int>] = []
    for step in vectors.flatMap(\.allSteps) {
      guard step.isElementwise(count) else { return nil }
      if let first = step.firstParameter {
        // A program for some nodes of a model may take its parameters from the position of the whole model.
        guard step.positions == nil, first + count <= shape.dimension else { return nil }
        for element in 0..<count { owners[first + element] = element }
      }
      if step.out.storage == Int32(STRATA_STORAGE_VECTOR.rawValue), step.out.shared == 0 {
        written.append(step.out.offset..<step.out.offset + count)
      }
    }
    // A scalar that is made of an element.
    for operand in sections.filter({ $0.loose != 0 }).flatMap(\.allSteps).flatMap(\.operands)
    where operand.storage == Int32(STRATA_STORAGE_VECTOR.rawValue) {
      if written.contains(where: { $0.contains(operand.offset) }) { return nil }
    }
    guard owners.contains(where: { $0 >= 0 }) else { return nil }
    // One element looked up as a scalar by all others.
    for operand in vectors.flatMap(\.allSteps).flatMap(\.operands)
    where operand.shared != 0 && operand.storage == Int32(STRATA_STORAGE_VECTOR.rawValue) {
      if written.contains(where: { $0.contains(operand.offset) }) { return nil }
    }
    self.count = count
    ofCoordinates = owners
  }
}

extension strata_section {
  fileprivate var allSteps: UnsafeBufferPointer<strata_instruction> {
    UnsafeBufferPointer(start: steps, count: step_count)
  }
}

extension strata_instruction {
  fileprivate var operands: [strata_operand] { [out, self.in.0, self.in.1, self.in.2] }

  /// Where its parameters start in the position; nil if it has none.
  fileprivate var firstParameter: Int? {
    op >= Int32(STRATA_OP_UNBOUNDED.rawValue) ? parameter : nil
  }

  /// Whether each element depends on the same element of its inputs alone.
  fileprivate func isElementwise(_ count: Int) -> Bool {
    switch strata_op(UInt32(op)) {
    case STRATA_OP_SPREAD, STRATA_OP_DOT, STRATA_OP_NORMAL_GROUPS, STRATA_OP_GAUSSIAN: false
    case STRATA_OP_GATHER: (0..<count).allSatisfy { codes[$0] == $0 }
    default: true
    }
  }
}
