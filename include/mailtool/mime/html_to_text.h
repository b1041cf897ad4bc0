/// \file
/// HtmlToText: HTML as readable text. A tokenizer without a tree: linear in
/// time, bounded in memory, nothing is fetched and no script is run.
#pragma once

#include <memory>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// Write UTF-8 HTML in any pieces; UTF-8 text comes out, lines ended by LF.
///
/// Blocks become lines, paragraphs have an empty line between, list items get
/// "- " or their number and two spaces for each list around, cells of a row are
/// separated by a tab, <blockquote> puts ">" before each line, <hr> is "----".
/// A link's address follows its text in <> unless the text is that address;
/// only http, https, mailto, ftp and tel are told. An image is its alternative
/// text. Character references are resolved. White space, no-break spaces too,
/// is folded except in <pre>; soft hyphens and what has no width are left out.
/// Left out are <script>, <style>, <title>, <template>, comments, declarations,
/// and elements hidden by their own attribute: hidden, display:none and
/// visibility:hidden. Lines are not filled.
///
/// Memory: under 64 KiB. Output: at most 32 octets for each of input.
class HtmlToText : public Filter {
 public:
  /// `out` outlives the text.
  explicit HtmlToText(Sink& out);
  ~HtmlToText() override;

  /// Forgets the text before and begins another.
  void reset(Sink& out);

  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mailtool::mime
