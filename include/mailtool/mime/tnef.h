/// \file
/// TNEF, "winmail.dat" (application/ms-tnef): [MS-OXTNEF], with the properties
/// of [MS-OXPROPS] that mail needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/mime/defect.h"
#include "mailtool/mime/embedded_file.h"

namespace mailtool::mime {

/// What a TNEF stream tells of its message. Strings are valid UTF-8 without
/// CR, LF and NUL, at most 1000 octets; empty: not told.
struct TnefMessage {
  std::string subject;
  std::string message_class;  ///< "IPM.Note"
  std::string message_id;
  std::string sender_name;
  std::string sender_address;
  std::optional<std::int64_t> sent;      ///< seconds since 1970, UTC
  std::optional<std::int64_t> received;  ///< seconds since 1970, UTC
  std::string charset;  ///< of its 8-bit strings: "windows-1252"
  friend bool operator==(const TnefMessage&, const TnefMessage&) = default;
};

/// Takes what a TNEF stream holds.
class TnefContents : public EmbeddedFiles {
 public:
  /// Once for each message, at its end: for one within an attachment, before
  /// the end_file of the attachment.
  virtual Result<void> message(const TnefMessage& message) = 0;
};

/// Messages in attachments of messages. Deeper ones are handed out as they
/// stand, as attachments of type application/ms-tnef, and depth_cut_off.
inline constexpr std::size_t kMaxTnefDepth = 16;

/// Reads a TNEF stream as it arrives. Memory: a few KB a level, whatever sizes
/// the stream announces. Bodies are files of kind `body` of type text/plain,
/// text/html or application/rtf (decompressed). At most kMaxEmbeddedFiles
/// files, bodies included.
class TnefReader : public Sink {
 public:
  /// `contents` outlives the reader.
  explicit TnefReader(TnefContents& contents);
  ~TnefReader() override;

  Result<void> write(std::string_view octets) override;
  /// Ends what is open. Call once, after the last write.
  Result<void> finish();

  /// embedded_file_malformed: no TNEF, cut off, or a checksum differs;
  /// embedded_files_cut_off; depth_cut_off.
  [[nodiscard]] DefectSet defects() const noexcept;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace mailtool::mime
