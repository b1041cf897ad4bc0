// HTML cut into text and tags: section 13.2.5 of the HTML standard, less what
// only matters to a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::mime {

// What HtmlTokenizer finds, in order. Views are valid during the call.
class HtmlEvents {
 public:
  virtual ~HtmlEvents() = default;
  // Text with references resolved, in pieces cut anywhere.
  virtual void text(std::string_view octets) = 0;
  // `name` is in lower case and at most 16 octets, longer ones are cut;
  // `attributes` is what follows it up to ">", at most 16 KiB.
  virtual void open_tag(std::string_view name, std::string_view attributes) = 0;
  virtual void close_tag(std::string_view name) = 0;
};

// Takes HTML in any pieces. Comments, declarations and the contents of script,
// style, title and the like are left out. Linear in time; memory: 17 KiB.
class HtmlTokenizer {
 public:
  explicit HtmlTokenizer(HtmlEvents& events) : events_(&events) {}
  void reset();
  void take(std::string_view octets);
  // What is a tag that does not end, is none.
  void finish();

 private:
  enum class State : std::uint8_t {
    text,
    reference,    // behind "&"
    tag_begin,    // behind "<"
    close_begin,  // behind "</"
    tag,
    value_begin,  // behind "=" in a tag
    value,        // unquoted
    quoted,
    declaration_begin,  // behind "<!"
    declaration,        // to the next ">"
    comment,
    raw,      // in the content of an element that is skipped
    raw_end,  // behind its "</name"
  };

  std::size_t take_text(std::string_view octets);
  std::size_t take_reference(std::string_view octets);
  std::size_t take_tag_begin(char c);
  std::size_t take_tag(std::string_view octets);
  std::size_t take_declaration(std::string_view octets);
  std::size_t take_comment(std::string_view octets);
  std::size_t take_raw(std::string_view octets);
  std::size_t take_raw_end(char c);
  void end_reference(bool semicolon);
  void begin_tag(bool closes);
  void end_tag();
  void keep(std::string_view octets);

  HtmlEvents* events_;
  State state_ = State::text;
  bool closes_ = false;
  char quote_ = 0;
  std::size_t dashes_ = 0;   // at the end of a comment so far, up to 2
  std::size_t matched_ = 0;  // of "</" and raw_name_
  std::string raw_name_;
  std::string token_;  // of a tag or reference
};

// The value of attribute `name`, references resolved; empty when absent.
// `name` is in lower case. Linear in `attributes`.
[[nodiscard]] std::string html_attribute(std::string_view attributes,
                                         std::string_view name);
[[nodiscard]] bool has_html_attribute(std::string_view attributes,
                                      std::string_view name);

}  // namespace mailtool::mime
