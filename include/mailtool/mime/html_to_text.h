/// \file
/// HtmlToText: HTML as readable text. A tokenizer without a tree: linear in
/// time, bounded in memory, nothing is fetched and no script is run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// Write UTF-8 HTML in any pieces; UTF-8 text comes out, lines ended by LF.
/// Paragraphs and blocks become lines, list items get "- ", table cells are
/// separated by a tab, a link's address follows its text in <> where it differs
/// from it; <script>, <style>, <head> and comments are left out; entities are
/// resolved; white space is folded except in <pre>.
class HtmlToText : public Filter {
 public:
  explicit HtmlToText(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  enum class State : std::uint8_t { text, entity, tag, comment, raw };

  void take(char c);
  void take_text(char c);
  void take_tag(char c);
  void take_raw(char c);
  void end_entity(bool with_semicolon);
  void end_tag();
  void open_tag(std::string_view name, std::string_view tag);
  void close_tag(std::string_view name);
  void put(std::string_view text);
  void put_blank();
  void break_line(int blank_lines);
  Result<void> flush();

  Sink& out_;
  State state_ = State::text;
  std::string token_;       // tag or entity so far, bounded
  char quote_ = 0;          // inside a tag's attribute value
  std::string raw_end_;     // "</script" while its content is skipped
  std::string link_;        // address of the <a> that is open
  std::string link_text_;   // what it shows, bounded
  bool in_link_ = false;
  int pre_ = 0;             // depth of <pre>
  bool blank_pending_ = false;
  bool started_ = false;    // something was written
  int owed_ = 0;            // line ends before the next text: 0, 1 or 2
  std::string text_;
};

}  // namespace mailtool::mime
