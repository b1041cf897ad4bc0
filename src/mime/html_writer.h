// Lines of readable text: white space folded, quotes and lists indented.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/sink.h"

namespace mailtool::mime {

// Takes text and breaks; what stands before a line is written with its first
// text, so that nothing empty is written. Memory: under 20 KiB.
class HtmlWriter {
 public:
  void reset(Sink& out);

  // Text in valid UTF-8, cut anywhere. Blanks of every kind are one space
  // between words, unless set_preformatted(); what has no width is left out.
  void text(std::string_view octets);
  // Text that stands as it is, apart from what is before it.
  void literal(std::string_view text);

  void set_preformatted(bool on) { preformatted_ = on; }
  // What is to stand before each line: ">" of this depth, this many spaces.
  void set_quotes(std::size_t depth) { quotes_ = depth; }
  void set_indent(std::size_t spaces) { indent_ = spaces; }
  // What stands before the next text, on a line of its own: "- ".
  void set_marker(std::string marker) { marker_ = std::move(marker); }

  void blank() { blank_ = true; }
  void break_line();       // the next text is on another line
  void break_paragraph();  // and an empty one is between
  void add_line_end();     // <br>; at most one empty line comes of several
  void begin_cell();       // a tab, where the line has text

  // Copies the text from here on, without blanks, up to 2 KiB, for
  // end_capture().
  void begin_capture();
  [[nodiscard]] std::string end_capture();

  Result<void> finish();
  Result<void> take_failure();

 private:
  void whole_text(std::string_view octets);
  std::size_t take_special(std::string_view octets);
  void take_space(char c);
  void joiner(std::string_view octets);
  void put(std::string_view text);
  void begin_text();
  void put_prefix();
  void write(std::string_view text);
  void write_repeated(std::string_view text, std::uint64_t count);
  void flush();

  Sink* out_ = nullptr;
  Result<void> written_;
  std::string buffer_;
  std::string captured_;
  std::string marker_;
  std::array<char, 4> held_{};  // the start of a code point
  std::size_t held_size_ = 0;
  std::string_view joiner_;  // not yet known whether between letters
  std::size_t quotes_ = 0;
  std::size_t line_quotes_ = 0;  // of the line before
  std::size_t indent_ = 0;
  std::uint64_t owed_ = 0;  // line ends before the next text
  bool preformatted_ = false;
  bool started_ = false;    // something was written
  bool blank_ = false;      // a space is due before the next text
  bool tab_ = false;        // a tab is
  bool last_8bit_ = false;  // the last octet written is above 0x7f
  bool capturing_ = false;
};

}  // namespace mailtool::mime
