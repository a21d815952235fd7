import StrataSampling

/// Writes groups and arrays in Zarr format 2: chunks as they are in memory, little-endian, without compression, and all
/// metadata together in `.zmetadata` too.
struct ZarrWriter {
  /// The numbers of an array.
  enum Values {
    case doubles([Double])
    case integers([Int])
    case flags([Bool])
    case bytes([UInt8])
    /// Of a fixed width in UTF-32: what readers understand without a codec.
    case texts([String])
  }

  private let folder: String
  private var metadata: [(path: String, json: ArchiveJSON)] = []
  /// The checksum of each chunk and of each array's description, by its path.
  private(set) var checksums: [(path: String, hash: String)] = []

  init(_ folder: String) throws {
    self.folder = folder
    try FolderFiles.makeFolder(folder)
  }

  /// A group; the empty path is the root.
  /// - Parameter isSealed: whether the attributes end with a checksum of themselves, ``Seal``.
  mutating func group(
    _ path: String, attributes: [ArchiveJSON.Member] = [], isSealed: Bool = false
  ) throws {
    if !path.isEmpty { try FolderFiles.makeFolder("\(folder)/\(path)") }
    let prefix = path.isEmpty ? "" : path + "/"
    try put(prefix + ".zgroup", .object([.init("zarr_format", .whole(2))]))
    let object = ArchiveJSON.object(attributes)
    try put(prefix + ".zattrs", isSealed ? .encoded(Seal.sealed(object.string)) : object)
  }

  /// An array with a name for each of its dimensions.
  mutating func array(
    _ path: String, _ dimensions: [String], shape: [Int], _ values: Values,
    attributes: [ArchiveJSON.Member] = []
  ) throws {
    try header(path, dimensions, shape: shape, chunk: shape, type: values.type, attributes)
    let key = shape.map { _ in "0" }.joined(separator: ".")
    try values.withBytes { try write($0, to: "\(path)/\(key)") }
  }

  /// An array of doubles whose chunks are written one at a time, ``chunk(_:_:_:)``.
  mutating func chunkedArray(
    _ path: String, _ dimensions: [String], shape: [Int], chunk: [Int],
    attributes: [ArchiveJSON.Member] = []
  ) throws {
    try header(path, dimensions, shape: shape, chunk: chunk, type: "<f8", attributes)
  }

  mutating func chunk(_ path: String, _ index: [Int], _ values: [Double]) throws {
    let key = index.map { "\($0)" }.joined(separator: ".")
    try values.withUnsafeBytes { try write($0, to: "\(path)/\(key)") }
  }

  private mutating func header(
    _ path: String, _ dimensions: [String], shape: [Int], chunk: [Int], type: String,
    _ attributes: [ArchiveJSON.Member]
  ) throws {
    if let end = path.lastIndex(of: "/") { try FolderFiles.makeFolder("\(folder)/\(path[..<end])") }
    try FolderFiles.makeFolder("\(folder)/\(path)")
    try put(
      path + "/.zarray",
      .object([
        .init("chunks", .list(chunk.map { .whole($0) })), .init("compressor", .null),
        .init("dtype", .text(type)), .init("fill_value", .null), .init("filters", .null),
        .init("order", .text("C")), .init("shape", .list(shape.map { .whole($0) })),
        .init("zarr_format", .whole(2)),
      ]))
    let named = ArchiveJSON.Member("_ARRAY_DIMENSIONS", .list(dimensions.map { .text($0) }))
    try put(path + "/.zattrs", .object([named] + attributes))
  }

  /// Writes what finds all others; nothing comes after it.
  func finish() throws {
    let all = ArchiveJSON.object([
      .init("metadata", .object(metadata.map { .init($0.path, $0.json) })),
      .init("zarr_consolidated_format", .whole(1)),
    ])
    try FolderFiles.write(Array(all.string.utf8), to: "\(folder)/.zmetadata")
  }

  private mutating func put(_ path: String, _ json: ArchiveJSON) throws {
    let bytes = Array(json.string.utf8)
    metadata.append((path, .encoded(String(decoding: bytes, as: UTF8.self))))
    try FolderFiles.write(bytes, to: "\(folder)/\(path)")
    if path.hasSuffix("/.zarray") { checksums.append((path, XXH64.text(XXH64.hash(bytes)))) }
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    try FolderFiles.write(bytes, to: "\(folder)/\(path)")
    checksums.append((path, XXH64.text(XXH64.hash(bytes))))
  }
}

/// A JSON object whose last member is a checksum of the bytes before it.
enum Seal {
  private static let member = ",\"checksum\":\""
  private static let length = member.utf8.count + 16 + 2

  static func sealed(_ object: String) -> String {
    let sum = XXH64.text(XXH64.hash(Array(object.utf8)))
    return object.dropLast() + member + sum + "\"}"
  }

  /// Whether the object is as it was sealed.
  static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > length else { return false }
    let object = bytes.dropLast(length) + [UInt8(ascii: "}")]
    return sealed(String(decoding: object, as: UTF8.self)).utf8.elementsEqual(bytes)
  }
}

extension ZarrWriter.Values {
  /// NumPy's name of the type.
  fileprivate var type: String {
    switch self {
    case .doubles: "<f8"
    case .integers: "<i8"
    case .flags: "|b1"
    case .bytes: "|u1"
    case .texts(let texts): "<U\(Self.width(texts))"
    }
  }

  private static func width(_ texts: [String]) -> Int {
    max(1, texts.reduce(0) { max($0, $1.unicodeScalars.count) })
  }

  fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch self {
    case .doubles(let values): try values.withUnsafeBytes(body)
    case .integers(let values): try values.map { Int64($0).littleEndian }.withUnsafeBytes(body)
    case .flags(let values): try values.map { $0 ? 1 : 0 as UInt8 }.withUnsafeBytes(body)
    case .bytes(let values): try values.withUnsafeBytes(body)
    case .texts(let texts):
      let width = Self.width(texts)
      var scalars: [UInt32] = []
      for text in texts {
        let own = text.unicodeScalars.map { $0.value.littleEndian }
        scalars += own + [UInt32](repeating: 0, count: width - own.count)
      }
      try scalars.withUnsafeBytes(body)
    }
  }
}
