extension Plan {
  /// What is kept of group effects that are integrated out, and of what is computed from them.
  public enum Effects: String, Sendable, CaseIterable, Codable {
    /// A draw for every draw of the rest.
    case draws
    /// They are drawn, but only their means and standard deviations are kept.
    case mean
    /// They are not drawn, and not reported.
    case none
  }
}
