/// \file
/// Parser: octets of a message in, events and a Structure out. RFC 5322,
/// RFC 2045, RFC 2046.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/body_scan.h"
#include "mailtool/mime/boundary_index.h"
#include "mailtool/mime/media_type.h"
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
  /// Nothing behind the header of the message is looked at, nor what that
  /// says of the body: one part, of type text/plain, whatever it is.
  bool header_only = false;
};

/// Where well-known readers differ: what another would do. The default is the
/// rule of this parser; see Parser.
struct ParserPolicy {
  /// Of a field or parameter that stands twice, the last counts.
  bool last_duplicate = false;
  /// The plain form of a parameter counts before that of RFC 2231.
  bool plain_first = false;
  /// A file is called as Content-Type says, before Content-Disposition.
  bool type_name_first = false;
  /// A line in a header that is no field is skipped; the header goes on.
  bool skip_junk_in_header = false;
  /// A header line of nothing but blanks ends the header.
  bool blanks_end_header = false;
  /// A line that begins with a delimiter is one, whatever follows on it.
  bool delimiter_prefix = false;
  /// Behind a close delimiter there may be more parts.
  bool parts_after_close = false;
  /// A multipart without boundary has that of its first line that begins with
  /// "--".
  bool guess_boundary = false;
  /// A multipart in a transfer encoding is a leaf, to be decoded.
  bool decode_multiparts = false;
  friend bool operator==(const ParserPolicy&, const ParserPolicy&) = default;
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
  /// Octets of a multipart that are in none of its parts, delimiter lines and
  /// their line ends aside: before the first, or behind the close delimiter. Of
  /// a multipart or message also an mbox "From " line before a header in it.
  virtual void outside(std::uint32_t part, std::string_view octets) {
    (void)part;
    (void)octets;
  }
  /// The part is over; its spans are final.
  virtual void end_part(const Structure& so_far, std::uint32_t part) {
    (void)so_far;
    (void)part;
  }
};

/// A push parser: begin(), feed() the message in pieces of any size, finish().
/// Line ends are LF or CRLF, mixed as may be; a bare CR is an octet like any
/// other. A leading mbox "From " line is skipped, and before it or the header a
/// byte order mark of UTF-8.
///
/// Rules where readers differ: a delimiter is a whole line, blanks at its end
/// aside; the innermost multipart is asked first; after a close delimiter
/// there are no more parts; of several fields or parameters the first counts;
/// a line in a header that is no field ends the header, and belongs to the
/// body; a transfer encoding on a multipart is none.
///
/// Memory: header_text and the index, bounded by the limits; one line of at
/// most kMaxDelimiterLine octets; no body. From message to message the memory
/// is kept: a run over many asks for none once it has seen the largest.
class Parser {
 public:
  /// Longest line that can be a delimiter, and longest field name.
  static constexpr std::size_t kMaxDelimiterLine = 1000;

  /// `events` outlives the parser; null: nobody is told.
  explicit Parser(ParserLimits limits = {}, ParserEvents* events = nullptr,
                  ParserPolicy policy = {});

  /// Forgets what it had and begins a message. A new parser has begun one.
  void begin();
  /// The same with other limits.
  void begin(const ParserLimits& limits) {
    limits_ = limits;
    begin();
  }
  /// From here on the message may cost at most `left` more, if that is less.
  void limit_further(const ParserLimits& left);
  void feed(std::string_view octets);
  /// True once the header of the message itself is complete.
  [[nodiscard]] bool header_complete() const { return header_complete_; }
  /// Ends the message. The structure is this parser's, until begin().
  Structure& finish();

 private:
  enum class MultipartState : std::uint8_t { open, closed, cut_off };
  // A part that has begun and not ended.
  struct Open {
    std::uint32_t part = 0;
    TextSlice boundary;  // empty: no multipart, or one to be guessed
    std::uint32_t children = 0;
    MultipartState state = MultipartState::open;
    bool guessing = false;
  };
  enum class Mode : std::uint8_t {
    mark,       // the first octets of the message: a byte order mark?
    line_head,  // header: a line whose nature is not known yet
    field,      // header: in the value of a field
    skip_line,  // header: the rest of a line that is no field
    body,       // body: in a line that is no delimiter
    candidate,  // body: a line that may be a delimiter
  };
  struct Match {
    std::size_t level;  // in open_
    bool close;
  };

  // Each takes octets off the front, or changes the mode.
  void feed_mark(std::string_view& octets);
  void mark_is_line_head();
  void feed_line_head(std::string_view& octets);
  void feed_field(std::string_view& octets);
  void feed_skip_line(std::string_view& octets);
  void outside_is(std::string_view octets);
  void feed_body(std::string_view& octets);
  void feed_candidate(std::string_view& octets);
  void advance(std::string_view& octets, std::size_t count);

  bool take_fold_line(std::string_view& octets);
  bool take_field_line(std::string_view& octets, std::size_t head_end);
  // `head` is a header line up to its colon, or to its end.
  void take_line_head(std::string_view head);
  void begin_field(std::string_view head);
  void append_to_field(std::string_view octets);
  void end_field_line();
  void check_line_length(std::uint64_t line_end);
  void cut_off_header();
  void header_line_is_body(std::string_view head);
  [[nodiscard]] bool in_field() const;
  [[nodiscard]] bool is_mbox_line(std::string_view head) const;

  std::optional<Match> match(std::string_view line);
  [[nodiscard]] std::optional<Match> match_exactly(std::string_view text) const;
  [[nodiscard]] std::optional<Match> match_prefix(std::string_view text) const;
  void note_no_match(std::string_view text);
  void set_boundary(std::string_view boundary);
  void guess_boundary(std::string_view text);
  [[nodiscard]] std::string_view boundary_of(const Open& open) const;
  void take_delimiter(const Match& match, std::string_view line_end);
  bool begin_candidate(std::string_view& octets);
  void candidate_is_body();
  void body_is(std::string_view octets);
  void release_line_end();
  void note_marks(const Part& part, std::uint32_t index);

  void begin_part(std::uint64_t offset, bool message_root);
  void end_header(std::uint64_t header_end, std::uint64_t body_begin);
  void end_top(std::uint64_t end);

  // In part_header.cc: what the header of the part that is open last says.
  struct Named {
    const Field* content_type = nullptr;
    const Field* encoding = nullptr;
    const Field* disposition = nullptr;
    const Field* content_id = nullptr;
  };
  void read_header();
  Named name_fields(std::uint32_t index);
  void note_duplicate(const Field& field, std::uint32_t index);
  void check_octets(std::uint32_t index);
  void read_content_type(std::uint32_t index, const Named& named);
  void read_boundary(std::uint32_t index, std::string_view boundary, Span where);
  void read_encoding(std::uint32_t index, const Field* field);
  void read_disposition(std::uint32_t index, const Field* field);
  void read_content_id(std::uint32_t index, const Field* field);
  [[nodiscard]] bool may_nest(std::uint32_t index);

  ParserLimits limits_;
  ParserEvents* events_;
  ParserPolicy policy_;
  Structure structure_;
  std::vector<Open> open_;
  BoundaryIndex index_;         // of their boundaries
  std::size_t boundaries_ = 0;  // open multiparts, whatever their state
  Mode mode_ = Mode::line_head;
  std::uint64_t offset_ = 0;      // of the next octet
  std::uint64_t line_begin_ = 0;  // of the header line, or the candidate
  std::string line_;              // the line head or candidate so far
  std::string held_;       // header: line end that a fold may continue;
                           // body: line end that a delimiter may own
  BodyScan scan_;
  MediaType media_;                // scratch
  ParameterizedValue parameters_;  // scratch
  bool dropping_ = false;  // the current field is beyond the limits
  bool blank_fold_ = false;  // header: nothing but blanks so far in this fold
  bool header_cut_off_ = false;  // said once
  bool fields_cut_off_ = false;
  bool parts_cut_off_ = false;
  bool header_complete_ = false;
  bool at_line_start_ = true;  // in Mode::body
};

}  // namespace mailtool::mime
