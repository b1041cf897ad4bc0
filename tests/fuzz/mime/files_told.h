// What a reader of embedded files tells, and whether it keeps the order of
// calls.
#pragma once

#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/tnef.h"
#include "require.h"

namespace mailtool::mime {

class FilesTold : public TnefContents {
 public:
  Result<void> begin_file(const EmbeddedFile& file) override {
    require(open_.empty() || open_.back().kind == EmbeddedKind::message);
    told_ += "begin " + std::to_string(file.offset) + "\n";
    require(++begun_ <= kMaxEmbeddedFiles);
    open_.push_back(file);
    return {};
  }
  Result<void> octets(std::string_view piece) override {
    require(!open_.empty());
    told_ += piece;
    return {};
  }
  Result<void> end_file(const EmbeddedFile& file,
                        const EmbeddedEnd& end) override {
    require(!open_.empty());
    require(open_.back().offset == file.offset && file.offset <= end.offset);
    for (const auto* text : {&file.name, &file.media_type, &file.charset,
                             &file.content_id, &file.type_creator}) {
      take_text(*text);
    }
    told_ += "end " + std::to_string(end.offset) +
             (end.malformed ? " malformed\n" : "\n");
    open_.pop_back();
    return {};
  }
  Result<void> message(const TnefMessage& message) override {
    for (const auto* text :
         {&message.subject, &message.message_class, &message.message_id,
          &message.sender_name, &message.sender_address}) {
      take_text(*text);
    }
    return {};
  }

  // Everything told, as one text.
  std::string take() {
    require(open_.empty());
    return std::move(told_);
  }

 private:
  void take_text(const std::string& text) {
    require(text.size() <= 1000 && is_valid_utf8(text));
    require(!has_line_break_or_nul(text));
    told_ += text + "\n";
  }

  std::string told_;
  std::vector<EmbeddedFile> open_;
  std::size_t begun_ = 0;
};

template <class Reader>
std::string files_told(std::string_view text, std::size_t chunk) {
  FilesTold told;
  Reader reader(told);
  for (std::size_t i = 0; i < text.size(); i += chunk) {
    require(reader.write(text.substr(i, chunk)).has_value());
  }
  require(reader.finish().has_value());
  return told.take();
}

}  // namespace mailtool::mime
