/// Estimates of the levels of a factor, one row each, several fits side by side.
///
/// Thousands of levels stay readable: beyond ``maximumRows`` the lowest and the highest stand with their names, and
/// what lies between is one strip of sorted intervals with its count.
public struct ForestPlot: Chart {
  /// A centre with an inner and an outer interval; ends that are not finite are left out.
  public struct Estimate: Sendable, Equatable {
    /// Mean or median.
    public var center: Double
    /// A narrow interval, drawn thick: 50 %.
    public var inner: ClosedRange<Double>?
    /// A wide interval, drawn thin: 90 %.
    public var outer: ClosedRange<Double>?

    /// An estimate; one without intervals is a point.
    public init(
      _ center: Double, inner: ClosedRange<Double>? = nil, outer: ClosedRange<Double>? = nil
    ) {
      self.center = center
      self.inner = inner
      self.outer = outer
    }

    /// Median, and central intervals of 50 % and `probability`, of draws; what isn't finite is not counted.
    public init(draws: [Double], probability: Double = 0.9) {
      let sorted = draws.drawable.sorted()
      let tail = (1 - min(max(probability, 0), 1)) / 2
      self.init(Quantile.of(sorted: sorted, 0.5))
      guard sorted.count > 1 else { return }
      inner = Quantile.of(sorted: sorted, 0.25)...Quantile.of(sorted: sorted, 0.75)
      outer = Quantile.of(sorted: sorted, tail)...Quantile.of(sorted: sorted, 1 - tail)
    }

    fileprivate var ends: [Double] {
      [center, inner?.lowerBound, inner?.upperBound, outer?.lowerBound, outer?.upperBound]
        .compactMap(
          \.self
        )
        .drawable
    }
  }

  /// The estimates of one fit.
  public struct Series: Sendable {
    /// The fit's name in the legend.
    public var label: String
    /// One for each level; nil where the fit has none.
    public var estimates: [Estimate?]

    /// A fit.
    public init(_ label: String, _ estimates: [Estimate?]) {
      self.label = label
      self.estimates = estimates
    }
  }

  /// How the rows are ordered.
  public enum Order: Sendable {
    /// As given, the first on top.
    case given
    /// By the centre of the first series that has one, the highest on top.
    case byCenter
  }

  /// The heading; empty for none.
  public var title: String
  /// The quantity, with its unit.
  public var xLabel: String
  /// Names of the levels.
  public var levels: [String]
  /// The fits.
  public var series: [Series]
  /// A value to compare with, as a dashed line.
  public var reference: Double?
  /// What the reference value is.
  public var referenceLabel: String
  /// What the intervals are.
  public var intervalLabel: String
  /// How the rows are ordered.
  public var order: Order
  /// More levels than that are drawn as extremes and a strip.
  public var maximumRows: Int

  /// A forest plot.
  public init(
    title: String = "", xLabel: String = "", levels: [String], series: [Series],
    reference: Double? = nil, referenceLabel: String = "reference",
    intervalLabel: String = "50 % and 90 % intervals", order: Order = .byCenter,
    maximumRows: Int = 40
  ) {
    self.title = title
    self.xLabel = xLabel
    self.levels = levels
    self.series = series
    self.reference = reference
    self.referenceLabel = referenceLabel
    self.intervalLabel = intervalLabel
    self.order = order
    self.maximumRows = maximumRows
  }

  /// What the picture shows, in words.
  public var summary: String {
    let names = series.map(\.label).filter { !$0.isEmpty }
    return
      "Estimates\(xLabel.isEmpty ? "" : " of \(xLabel)") for \(NumberText.count(levels.count, "level"))"
      + (names.isEmpty ? "" : ", by " + names.joined(separator: ", ")) + ", with \(intervalLabel)."
  }

  /// The picture at a width in pixels.
  public func drawing(width: Double) -> Drawing { ForestLayout(self).drawing(width: width) }

  // MARK: What the layout asks

  func estimate(_ series: Int, _ level: Int) -> Estimate? {
    guard level < self.series[series].estimates.count,
      let estimate = self.series[series].estimates[level], estimate.center.isDrawable
    else { return nil }
    return estimate
  }

  /// The level's place in the order: the centre of the first series that has one.
  func key(_ level: Int) -> Double? {
    series.indices.lazy.compactMap { estimate($0, level)?.center }.first
  }

  func extent(of levels: [Int]) -> Extent {
    var extent = Extent()
    for level in levels {
      for s in series.indices { extent.include(estimate(s, level)?.ends ?? []) }
    }
    return extent
  }
}
