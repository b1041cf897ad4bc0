// A message in memory as the verifier takes it.
#pragma once

#include <string>
#include <string_view>

#include "app/verify_smime.h"
#include "mailtool/mime/parser.h"

namespace mailtool::app::test {

class TextInput : public RandomAccess {
 public:
  // `before` stands before the message in the input.
  explicit TextInput(std::string_view message, std::string_view before = "")
      : octets_(std::string(before) + std::string(message)),
        offset_(before.size()) {
    mime::Parser parser;
    parser.feed(message);
    structure_ = parser.finish();
  }

  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    return to.write(std::string_view(octets_).substr(offset, length));
  }

  [[nodiscard]] VerifyInput input() const {
    return {structure_, *this, offset_};
  }

 private:
  std::string octets_;
  std::uint64_t offset_;
  mime::Structure structure_;
};

}  // namespace mailtool::app::test
