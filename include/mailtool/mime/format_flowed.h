/// \file
/// FlowedReader: text/plain; format=flowed as paragraphs (RFC 3676).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// Write decoded UTF-8 text in any pieces, lines ended by CRLF or LF; the same
/// text comes out with each paragraph on one line, all lines ended by LF. Lines
/// are joined where one ends in a space and the next has the same quote depth
/// (section 4.2). "> " of that depth stands before a line (">> " at depth 2),
/// space-stuffing is taken back (4.4), and the signature separator "-- " is a
/// line of its own (4.3). An empty line is kept, though the space before it
/// says otherwise, since senders leave one there. The space of a line that is
/// joined to none is left out. A paragraph streams: memory is under 20 KiB
/// whatever its length.
class FlowedReader : public Filter {
 public:
  /// `delete_space` is DelSp=yes (section 4.1): the space at which lines were
  /// cut is no part of the text. `out` outlives the reader.
  explicit FlowedReader(Sink& out, bool delete_space = false)
      : out_(&out), delete_space_(delete_space) {}

  /// Forgets the text before and begins another.
  void reset(Sink& out, bool delete_space);

  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  enum class At : std::uint8_t { quotes, stuffing, content };
  enum class Line : std::uint8_t { text, signature, empty };

  void take_line_piece(std::string_view piece);
  std::string_view take_start(std::string_view piece);
  void take_content(std::string_view piece);
  void begin_line(Line line);
  void put_tail();
  void end_line();
  void put(std::string_view text);
  void put_quotes();
  void write_text();

  Sink* out_;
  bool delete_space_;
  At at_ = At::quotes;
  bool line_ = false;     // something of a line came
  bool started_ = false;  // the line's content is being written
  bool open_ = false;     // the line before ended in a space, not yet written
  bool tail_space_ = false;            // what may end this line: a space
  bool tail_return_ = false;           // and a CR
  std::uint64_t depth_ = 0;            // of this line
  std::uint64_t paragraph_depth_ = 0;  // of the lines it may continue
  std::string held_;  // the start of what may be "-- ", at most 4 octets
  std::string text_;
  Result<void> written_;
};

}  // namespace mailtool::mime
