/// \file
/// The parts of a message on a server: as rows like those of a message that is
/// here, and decoded as they stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/part_row.h"
#include "mailtool/base/sink.h"
#include "mailtool/imap/body_structure.h"
#include "mailtool/mime/filter.h"

namespace mailtool::app {

/// The name a part was sent with, as UTF-8, decoded (RFC 2231, RFC 2047);
/// empty where it has none. Never a safe path.
[[nodiscard]] std::string part_name(const imap::BodyPart& part);

/// A row a part, in the same order, so that choose_body(), attachment_rows()
/// and attachment_name() decide as they do for a message that is here. Rows
/// name no place in a message.
[[nodiscard]] std::vector<PartRow> rows_of(const imap::BodyStructure& parts);

/// What is to be made of a part.
enum class PartForm : std::uint8_t {
  encoded,   ///< as it stands, line ends as LF
  slice,     ///< octets as the server has them, CRLF and all
  decoded,   ///< from its transfer encoding; lines, where it has some, as LF
  readable,  ///< UTF-8 text, of HTML too, that ends with LF
};

/// Makes `form` of a part as it comes. Memory is bounded.
class PartDecoder : public Sink {
 public:
  /// `binary`: the server has decoded it. `out` outlives the decoder.
  PartDecoder(const imap::BodyPart& part, PartForm form, bool binary,
              Sink& out);
  ~PartDecoder() override;
  Result<void> write(std::string_view octets) override;
  /// Hands on what is held back. Call once, at the end.
  Result<void> finish();

 private:
  struct Chain;
  std::unique_ptr<Chain> chain_;
};

}  // namespace mailtool::app
