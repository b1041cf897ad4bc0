/// \file
/// Files within a part that MIME knows nothing of: uuencode, yEnc and BinHex in
/// text, and the contents of TNEF (tnef.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"
#include "mailtool/mime/defect.h"
#include "mailtool/mime/line_pieces.h"

namespace mailtool::mime {

/// What holds the file; from `attachment` on, what it is within TNEF.
enum class EmbeddedKind : std::uint8_t {
  uuencode,
  base64,  ///< "begin-base64"
  yenc,
  binhex,
  attachment,
  message,  ///< a message in an attachment; holds files of its own
  body      ///< the text of the message, one file a form
};

/// "uuencode", "base64", "yenc", "binhex", "tnef-attachment", "tnef-message",
/// "tnef-body".
[[nodiscard]] std::string_view to_string(EmbeddedKind kind) noexcept;

/// What is told of a file. Strings are valid UTF-8 without CR, LF and NUL, at
/// most 1000 octets, as sent: a name can be "../../etc/passwd".
struct EmbeddedFile {
  EmbeddedKind kind = EmbeddedKind::uuencode;
  std::uint64_t offset = 0;  ///< of its first octet in the decoded part
  std::string name;          ///< empty: none told
  std::string media_type;    ///< lower case, "image/png"; empty: not told
  std::string charset;       ///< of a body; empty: not told
  std::string content_id;    ///< of an attachment, without angle brackets
  std::string type_creator;  ///< of BinHex: four octets each, "TEXTttxt"
  std::optional<std::uint64_t> size;  ///< as announced, of the whole file
  std::uint32_t part = 0;             ///< of yEnc: from 1; 0: not divided
  std::uint32_t parts = 0;            ///< of yEnc; 0: not told
  std::uint64_t part_offset = 0;      ///< of yEnc: where this part goes, from 0
  friend bool operator==(const EmbeddedFile&, const EmbeddedFile&) = default;
};

/// How a file ended.
struct EmbeddedEnd {
  std::uint64_t offset = 0;  ///< behind its last octet in the decoded part
  bool malformed = false;    ///< cut off, or a size or checksum differs
  friend bool operator==(const EmbeddedEnd&, const EmbeddedEnd&) = default;
};

/// Takes the files as they are met. Files of TNEF can stand within a file of
/// kind `message`; octets belong to the file begun last and not ended.
class EmbeddedFiles {
 public:
  virtual ~EmbeddedFiles() = default;
  /// What is known before the octets: TNEF tells long names behind them.
  virtual Result<void> begin_file(const EmbeddedFile& file) = 0;
  virtual Result<void> octets(std::string_view piece) = 0;
  /// `file` now holds all that was told.
  virtual Result<void> end_file(const EmbeddedFile& file,
                                const EmbeddedEnd& end) = 0;
};

/// Files looked for in one part, all kinds together.
inline constexpr std::size_t kMaxEmbeddedFiles = 1000;

/// Looks for files in the decoded octets of a text part. Holds back one line;
/// text without files passes at the speed of a vector search. What looks like
/// the beginning of a file is believed when a line of its data follows.
/// The text itself is not changed and goes nowhere from here.
class EmbeddedFileScanner : public Sink {
 public:
  /// `files` outlives the scanner.
  explicit EmbeddedFileScanner(EmbeddedFiles& files);
  ~EmbeddedFileScanner() override;

  Result<void> write(std::string_view octets) override;
  /// Ends a file that is still open. Call once, after the last write.
  Result<void> finish();

  /// embedded_file, embedded_file_malformed, embedded_files_cut_off.
  [[nodiscard]] DefectSet defects() const noexcept { return defects_; }

  /// A file being read.
  class Body;

 private:
  Result<void> take(const LinePiece& piece);
  Result<bool> take_body(const LinePiece& piece);
  void look_at(std::string_view line);
  Result<void> begin();
  Result<void> end(bool malformed, std::uint64_t offset);

  EmbeddedFiles& files_;
  DefectSet defects_;
  LineCutter lines_;
  EmbeddedFile file_;
  std::unique_ptr<Body> body_;
  std::string decoded_;             // on its way to files_
  std::string begin_line_;          // of uuencode, not believed yet
  std::uint64_t begin_offset_ = 0;  // of begin_line_
  std::uint64_t offset_ = 0;        // of the octets to come
  std::uint64_t line_offset_ = 0;
  std::size_t count_ = 0;
  bool at_line_start_ = true;
  bool open_ = false;  // begin_file was called for body_
  bool full_ = false;  // there were files enough
};

/// The first LF in `text` that a "b", "=" or "(" follows; npos if none. Such a
/// line can begin a file.
[[nodiscard]] std::size_t find_file_line(std::string_view text) noexcept;
/// The same without vector instructions.
[[nodiscard]] std::size_t find_file_line_scalar(std::string_view text) noexcept;

}  // namespace mailtool::mime
