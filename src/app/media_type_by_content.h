/// \file
/// The type of a file whose name says nothing: what libmagic makes of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mailtool::app {

/// libmagic, loaded by the first question and not before: most runs ask none,
/// and linked it would cost each of them a start.
class MediaTypeByContent {
 public:
  /// `library` is its name or path.
  explicit MediaTypeByContent(std::string library = "libmagic.so.1");
  ~MediaTypeByContent();

  /// The media type of a file that begins with `head`; empty where none is
  /// known, or the library or its table is not installed.
  [[nodiscard]] std::string operator()(std::string_view head);

 private:
  class Magic;
  std::string library_;
  std::unique_ptr<Magic> magic_;
};

}  // namespace mailtool::app
