/// The numbers of a Gaussian block, known before sampling (see strata_gaussian.h).
///
/// In every group the rows were reduced to a triangular system: with A its triangle over the effects,
/// target = A (z-scaled effects + border columns · β + given columns · φ) + noise, where a column's share in the
/// group is given by its coordinates along the effects. What the rows say of the border alone stands in
/// ``borderRows``.
package struct GaussianSystem: Sendable {
  /// `triangle[j][m]`, j <= m: one number per group.
  package var triangle: [[[Double]]]
  /// For each border column, given column and the target: `coordinates[column][effect]`, one number per group.
  package var coordinates: [[[Double]]]
  package var groupCount: Int
  package var borderCount: Int
  package var givenCount: Int

  package var effectCount: Int { triangle.count }

  package init(
    triangle: [[[Double]]], coordinates: [[[Double]]], groupCount: Int, borderCount: Int,
    givenCount: Int
  ) {
    self.triangle = triangle
    self.coordinates = coordinates
    self.groupCount = groupCount
    self.borderCount = borderCount
    self.givenCount = givenCount
  }
}

/// Rows that say something of the border alone.
package struct GaussianBorderRows: Sendable {
  /// Border columns, given columns, target.
  package var rows: [[Double]]
  /// How often -log sd counts.
  package var count: Double

  package init(rows: [[Double]], count: Double) {
    self.rows = rows
    self.count = count
  }
}

/// The sd of rows of the border: the residual scale of this number, or a number of its own.
package enum GaussianBorderSD {
  case residual(Int)
  case own(KernelOperand)
}

/// How an effect's values are made when it is drawn: offset + terms + sd z.
package struct GaussianEffect {
  /// A border coefficient (or, after those, a given one) times numbers of the groups; nil for 1.
  package struct Term {
    package var source: Int
    package var column: [Double]?

    package init(source: Int, column: [Double]?) {
      self.source = source
      self.column = column
    }
  }

  package var offset: [Double]?
  package var terms: [Term]
  package var sd: KernelOperand

  package init(offset: [Double]?, terms: [Term], sd: KernelOperand) {
    self.offset = offset
    self.terms = terms
    self.sd = sd
  }
}

/// A Gaussian block with the operands that it reads.
package struct GaussianBlock {
  package var system: GaussianSystem
  /// Vectors of residual scales; scales are numbered one after the other.
  package var sigmas: [KernelOperand]
  /// The number of each group's residual scale; nil if there is one.
  package var classes: [Int32]?
  /// For each effect, the scale of its part: one number or one per group.
  package var scales: [KernelOperand]
  /// The given coefficients, one number each.
  package var givens: [KernelOperand]
  /// The rows of the border with their sds.
  package var borderRows: [(rows: GaussianBorderRows, sd: GaussianBorderSD)]
  /// The border's coefficients are this matrix (row by row) times what is integrated; nil for the same.
  package var basis: [Double]?
  package var effects: [GaussianEffect]

  package init(
    system: GaussianSystem, sigmas: [KernelOperand], classes: [Int32]?, scales: [KernelOperand],
    givens: [KernelOperand], borderRows: [(rows: GaussianBorderRows, sd: GaussianBorderSD)],
    basis: [Double]?, effects: [GaussianEffect]
  ) {
    self.system = system
    self.sigmas = sigmas
    self.classes = classes
    self.scales = scales
    self.givens = givens
    self.borderRows = borderRows
    self.basis = basis
    self.effects = effects
  }
}
