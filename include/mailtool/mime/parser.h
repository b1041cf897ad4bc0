/// \file
/// Parser: octets of a message in, events and a Structure out. RFC 5322,
/// RFC 2045, RFC 2046.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/structure.h"

namespace mailtool::mime {

/// What a hostile message may cost. Beyond a limit the rest is not looked into
/// and a defect says so.
struct ParserLimits {
  std::uint32_t depth = 100;     ///< of parts below the top
  std::uint32_t parts = 10'000;  ///< of all depths
  /// Octets of all headers together, which are held in memory; one field may
  /// take half of them.
  std::size_t header_octets = std::size_t{8} * 1024 * 1024;
  std::size_t fields = 100'000;  ///< of all headers together
};

/// Told of the parts as they come. Part indices are those of Structure::parts.
class ParserEvents {
 public:
  virtual ~ParserEvents() = default;
  /// The header of a part is complete, its type and names are known.
  virtual void begin_part(const Structure& so_far, std::uint32_t part) {
    (void)so_far;
    (void)part;
  }
  /// Octets of the body of a leaf, as they stand. How they are cut into calls
  /// depends on how the parser was fed; their sequence does not.
  virtual void body(std::uint32_t part, std::string_view octets) {
    (void)part;
    (void)octets;
  }
  /// The part is over; its spans are final.
  virtual void end_part(const Structure& so_far, std::uint32_t part) {
    (void)so_far;
    (void)part;
  }
};

/// A push parser: feed() the message in pieces of any size, then finish().
/// Line ends are LF or CRLF, mixed as may be; a bare CR is an octet like any
/// other. A leading mbox "From " line is skipped.
///
/// Rules where readers differ: a delimiter is a whole line, blanks at its end
/// aside; the innermost multipart is asked first; after a close delimiter
/// there are no more parts; of several fields the first counts; a line in a
/// header that is no field ends the header, and belongs to the body.
///
/// Memory: header_text and the index, bounded by the limits; one line of at
/// most kMaxDelimiterLine octets; no body.
class Parser {
 public:
  /// Longest line that can be a delimiter, and longest field name.
  static constexpr std::size_t kMaxDelimiterLine = 1000;

  explicit Parser(ParserLimits limits = {}, ParserEvents* events = nullptr);

  void feed(std::string_view octets);
  /// Ends the message. Call once; the parser is then of no more use.
  Structure finish();

 private:
  enum class MultipartState : std::uint8_t { open, closed, cut_off };
  // A part that has begun and not ended.
  struct Open {
    std::uint32_t part = 0;
    std::string boundary;  // empty: no multipart
    std::uint32_t children = 0;
    MultipartState state = MultipartState::open;
  };
  enum class Mode : std::uint8_t {
    line_head,  // header: a line whose nature is not known yet
    field,      // header: in the value of a field
    skip_line,  // header: the rest of an mbox line
    body,       // body: in a line that is no delimiter
    candidate,  // body: a line that may be a delimiter
  };
  struct Match {
    std::size_t level;  // in open_
    bool close;
  };

  // Each takes octets off the front, or changes the mode.
  void feed_line_head(std::string_view& octets);
  void feed_field(std::string_view& octets);
  void feed_skip_line(std::string_view& octets);
  void feed_body(std::string_view& octets);
  void feed_candidate(std::string_view& octets);
  void advance(std::string_view& octets, std::size_t count);

  void end_line_head();
  void begin_field(std::size_t colon);
  void append_to_field(std::string_view octets);
  void end_field_line();
  void cut_off_header();
  void header_line_is_body();
  [[nodiscard]] bool in_field() const;
  [[nodiscard]] bool is_mbox_line() const;

  std::optional<Match> match(std::string_view line);
  void take_delimiter(const Match& match);
  void candidate_is_body();
  void body_is(std::string_view octets);
  void release_line_end();

  void begin_part(std::uint64_t offset, bool message_root);
  void end_header(std::uint64_t header_end, std::uint64_t body_begin);
  void end_top(std::uint64_t end);

  // In part_header.cc: what the header of the part that is open last says.
  void read_header();
  void check_fields(std::uint32_t index);
  void read_content_type(std::uint32_t index);
  void read_boundary(std::uint32_t index, const std::string& boundary);
  void read_encoding(std::uint32_t index);
  void read_disposition(std::uint32_t index);
  void name_part(std::uint32_t index);
  [[nodiscard]] bool may_nest(std::uint32_t index);
  [[nodiscard]] Span span_of(std::uint32_t index, std::string_view name) const;

  ParserLimits limits_;
  ParserEvents* events_;
  Structure structure_;
  std::vector<Open> open_;
  std::size_t boundaries_ = 0;  // open multiparts, whatever their state
  Mode mode_ = Mode::line_head;
  std::uint64_t offset_ = 0;      // of the next octet
  std::uint64_t line_begin_ = 0;  // of the line head or candidate
  std::string line_;              // the line head or candidate so far
  std::string held_;       // header: line end that a fold may continue;
                           // body: line end that a delimiter may own
  bool dropping_ = false;  // the current field is beyond the limits
  bool header_cut_off_ = false;  // said once
  bool fields_cut_off_ = false;
  bool parts_cut_off_ = false;
  bool at_line_start_ = true;  // in Mode::body
};

}  // namespace mailtool::mime
