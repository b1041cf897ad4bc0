// What the tags of HTML mean for readable text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/html_tokenizer.h"
#include "mime/html_writer.h"

namespace mailtool::mime {

// Counts instead of a tree: what is not closed, or closed twice, costs nothing.
class HtmlLayout : public HtmlEvents {
 public:
  void reset(Sink& out);

  void text(std::string_view octets) override;
  void open_tag(std::string_view name, std::string_view attributes) override;
  void close_tag(std::string_view name) override;

  Result<void> finish();
  Result<void> take_failure() { return writer_.take_failure(); }

 private:
  struct List {
    bool numbered = false;
    std::uint32_t next = 1;
  };

  bool skips_open(std::string_view name, std::string_view attributes);
  bool skips_close(std::string_view name);
  void open_block(std::string_view name, std::string_view attributes);
  void open_inline(std::string_view name, std::string_view attributes);
  void open_list(bool numbered, std::string_view attributes);
  void close_list();
  void open_item(std::string_view attributes);
  void set_indent();
  void open_link(std::string_view attributes);
  void close_link();
  void set_pre(bool opens);
  void set_quote(bool opens);

  HtmlWriter writer_;
  // The element that is not shown, and how many of its name are open in it.
  std::string hidden_;
  std::size_t hidden_depth_ = 0;
  std::array<List, 32> lists_{};
  std::size_t lists_depth_ = 0;  // may exceed what is in lists_
  std::size_t quote_depth_ = 0;
  std::size_t pre_depth_ = 0;
  bool pre_begins_ = false;  // a line end just behind <pre> is none
  bool in_link_ = false;
  std::string link_;
};

}  // namespace mailtool::mime
