internal import CKernels

/// Gaussian blocks: what is integrated out exactly.
extension KernelProgramBuilder {
  /// Adds the log density of a Gaussian block, without its constants. In a loose section, after those that
  /// compute its operands; a program has at most one.
  package mutating func gaussian(_ block: GaussianBlock) {
    let system = block.system
    let groups = system.groupCount
    let packed = pack(system, areCorrelated: !block.correlations.isEmpty)
    var c = strata_gaussian()
    c.groups = groups
    c.effects = system.effectCount
    c.border = system.borderCount
    c.given = system.givenCount
    c.rotated = system.rests.isEmpty ? 0 : 1
    c.rows = system.effectRows.count
    c.systems = UnsafePointer(storage.keep(packed.numbers))
    c.stride = packed.stride
    if let classes = block.classes {
      let room = system.rests.isEmpty ? padded(groups) - groups : 0
      c.classes = UnsafePointer(storage.keep(classes + Array(repeating: 0, count: room)))
    }
    c.sigmas = UnsafePointer(storage.keep(block.sigmas.map { encode($0, among: $0.count) }))
    c.sigma_counts = UnsafePointer(storage.keep(block.sigmas.map(\.count)))
    c.sigma_vectors = block.sigmas.count
    c.sigma_count = block.sigmas.reduce(0) { $0 + $1.count }
    c.scales = UnsafePointer(storage.keep(block.scales.map { encode($0, among: groups) }))
    c.correlations = UnsafePointer(
      storage.keep(
        block.correlations.map {
          strata_correlation(
            first: $0.first, second: $0.second, value: encode($0.value, among: 1))
        }))
    c.correlation_count = block.correlations.count
    c.givens = UnsafePointer(storage.keep(block.givens.map { encode($0, among: 1) }))
    c.border_rows = UnsafePointer(storage.keep(block.borderRows.map(encode)))
    c.border_row_sets = block.borderRows.count
    c.basis = block.basis.map { UnsafePointer(storage.keep($0)) }
    if !block.effects.isEmpty {
      c.group_effects = UnsafePointer(storage.keep(block.effects.map { encode($0, groups) }))
    }
    let kept = storage.keep([c])
    gaussianDraw = GaussianDrawSize(
      drawn: system.borderCount + block.effects.count * groups,
      borderNormals: padded(system.borderCount),
      normals: strata_gaussian_normal_count(kept), memory: strata_gaussian_draw_memory(kept))
    var step = instruction(
      STRATA_OP_GAUSSIAN, out: makeScratch(count: strata_gaussian_scratch_size(kept)), inputs: [])
    step.gaussian = UnsafePointer(kept)
    steps.append(step)
  }

  private func encode(_ set: (rows: GaussianBorderRows, sd: GaussianBorderSD))
    -> strata_border_rows
  {
    var rows = strata_border_rows()
    rows.rows = UnsafePointer(storage.keep(set.rows.rows.flatMap { $0 }))
    rows.row_count = set.rows.rows.count
    rows.count = set.rows.count
    rows.sd = unused
    switch set.sd {
    case .residual(let number):
      rows.is_residual = 1
      rows.sigma = number
    case .own(let sd): rows.sd = encode(sd, among: 1)
    }
    return rows
  }

  private func encode(_ effect: GaussianEffect, _ groups: Int) -> strata_group_effect {
    var c = strata_group_effect()
    c.offset = effect.offset.map { UnsafePointer(storage.keep($0)) }
    c.sources = UnsafePointer(storage.keep(effect.terms.map(\.source)))
    c.columns = UnsafePointer(
      storage.keep(effect.terms.map { $0.column.map { UnsafePointer(storage.keep($0)) } }))
    c.term_count = effect.terms.count
    c.sd = encode(effect.sd, among: groups)
    return c
  }

  /// For each vector of groups the effects' columns of A and then every column's virtual rows.
  private func pack(_ system: GaussianSystem, areCorrelated: Bool) -> (
    numbers: [Double], stride: Int
  ) {
    let (q, groups) = (system.effectCount, system.groupCount)
    guard q > 0 else { return ([], 0) }
    var numbers: [Double] = []
    func vector(_ first: Int, _ value: (Int) -> Double) {
      for group in first..<first + lanes { numbers.append(group < groups ? value(group) : 0) }
    }
    let a = system.effectRows
    for first in stride(from: 0, to: padded(groups), by: lanes) {
      if !system.rests.isEmpty {
        for row in a { for column in row { vector(first) { column[$0] } } }
        for (coordinates, rest) in zip(system.coordinates, system.rests) {
          for part in coordinates + rest { vector(first) { part[$0] } }
        }
        continue
      }
      for j in 0..<q { for m in j..<q { vector(first) { a[j][m][$0] } } }
      for column in system.coordinates {
        if q == 1 {
          vector(first) { a[0][0][$0] * column[0][$0] }
        } else {
          vector(first) { a[0][0][$0] * column[0][$0] + a[0][1][$0] * column[1][$0] }
          vector(first) { a[1][1][$0] * column[1][$0] }
          // The product with n = (a22, -a12), from which the second effect's column drops out.
          vector(first) { a[1][1][$0] * a[0][0][$0] * column[0][$0] }
          if areCorrelated { vector(first) { a[1][1][$0] * a[0][0][$0] * column[1][$0] } }
        }
      }
    }
    return (numbers, numbers.count / max(1, padded(groups) / lanes))
  }
}

/// The memory that drawing what a program integrates needs.
package struct GaussianDrawSize: Sendable {
  /// Numbers of a draw.
  package var drawn: Int
  /// Standard normal numbers that the border takes, the first.
  package var borderNormals: Int
  /// Standard normal numbers that it takes in all.
  package var normals: Int
  /// Doubles of memory, those included.
  package var memory: Int
}
