/// The numbers of a Gaussian block, known before sampling (see strata_gaussian.h).
///
/// In every group the rows were reduced to a system target = A (effects) + border columns · β + given columns · φ +
/// noise, in which a column is A (its coordinates along the effects) + what is left of it in each row.
package struct GaussianSystem: Sendable {
  /// Groups are filled up to a multiple of this.
  package static let lanes = StrataKernels.lanes

  /// A: `effectRows[row][effect]`, one number per group.
  package var effectRows: [[[Double]]]
  /// For each border column, given column and the target: `coordinates[column][effect]`, one number per group.
  package var coordinates: [[[Double]]]
  /// `rests[column][row]`, one number per group; empty where nothing is left of any column, and A is a triangle of one
  /// or two effects.
  package var rests: [[[Double]]]
  package var groupCount: Int
  package var borderCount: Int
  package var givenCount: Int

  package var effectCount: Int { coordinates.first?.count ?? 0 }

  package init(
    effectRows: [[[Double]]], coordinates: [[[Double]]], rests: [[[Double]]], groupCount: Int,
    borderCount: Int, givenCount: Int
  ) {
    self.effectRows = effectRows
    self.coordinates = coordinates
    self.rests = rests
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
  /// The number of each group's residual scale (where columns have rests, that of each row, 8 groups after the
  /// other); nil if there is one.
  package var classes: [Int32]?
  /// For each effect, the scale of its part: one number or one per group.
  package var scales: [KernelOperand]
  /// Correlations between effects, each a number; the first effect comes before the second.
  package var correlations: [(first: Int, second: Int, value: KernelOperand)]
  /// The given coefficients, one number each.
  package var givens: [KernelOperand]
  /// The rows of the border with their sds.
  package var borderRows: [(rows: GaussianBorderRows, sd: GaussianBorderSD)]
  /// The border's coefficients are this matrix (row by row) times what is integrated; nil for the same.
  package var basis: [Double]?
  /// How the effects are made when they are drawn; empty if draws are of the border alone.
  package var effects: [GaussianEffect]

  package init(
    system: GaussianSystem, sigmas: [KernelOperand], classes: [Int32]?, scales: [KernelOperand],
    correlations: [(first: Int, second: Int, value: KernelOperand)], givens: [KernelOperand],
    borderRows: [(rows: GaussianBorderRows, sd: GaussianBorderSD)],
    basis: [Double]?, effects: [GaussianEffect]
  ) {
    self.system = system
    self.sigmas = sigmas
    self.classes = classes
    self.scales = scales
    self.correlations = correlations
    self.givens = givens
    self.borderRows = borderRows
    self.basis = basis
    self.effects = effects
  }
}
