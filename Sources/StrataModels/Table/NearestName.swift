/// The candidate that `name` most probably meant, or nil if none is near.
///
/// Equal but for case comes first; else the least number of insertions, deletions, replacements and
/// swaps of neighbours, up to a third of the name's length (at least one); the earliest of equals.
package func nearestName(to name: String, in candidates: [String]) -> String? {
  let lowered = Array(name.lowercased().unicodeScalars)
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let distance = editDistance(lowered, Array(candidate.lowercased().unicodeScalars))
    if distance <= max(1, lowered.count / 3) && distance < (best?.distance ?? .max) {
      best = (distance, candidate)
    }
  }
  // A name of one letter is one replacement from any other: no use as a suggestion.
  guard let best, lowered.count > 1 || best.distance == 0 else { return nil }
  return best.name
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string
/// alignment).
func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var distance = min(
        previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
        distance = min(distance, beforePrevious[j - 1] + 1)
      }
      current.append(distance)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[b.count]
}
