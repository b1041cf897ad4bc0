#include "app/imap_preview.h"

#include <utility>

#include "app/body_choice.h"
#include "app/imap_part.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

// HTML and base64 have more octets than characters.
constexpr std::uint64_t kPlainOctets = 1024;
constexpr std::uint64_t kHtmlOctets = 8 * 1024;
// Of what is decoded, as much as can make a preview; what is beyond is dropped.
constexpr std::size_t kMostText = 64 * 1024;

class FirstOctets : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    text += octets.substr(0, kMostText - text.size());
    return {};
  }
  std::string text;
};

class Previews : public client::BodyReceiver {
 public:
  explicit Previews(std::span<const imap::FetchData> messages)
      : messages_(messages) {
    previews_.texts.resize(messages.size());
  }

  std::optional<client::BodyRequest> next() override {
    for (; next_ < messages_.size(); ++next_) {
      const auto& structure = messages_[next_].body_structure;
      if (!structure) continue;
      const auto rows = rows_of(*structure);
      const auto choice = choose_body(rows).text;
      if (choice.empty()) continue;
      const auto& part = structure->parts[choice.front()];
      client::BodyRequest request;
      request.uid = messages_[next_].uid.value_or(0);
      request.question.section = part.id;
      request.question.offset = 0;
      request.question.length =
          part.subtype == "html" ? kHtmlOctets : kPlainOctets;
      asked_.push_back({next_++, part, {}, nullptr});
      return request;
    }
    return std::nullopt;
  }

  Result<Sink*> begin(std::size_t number, std::uint64_t) override {
    auto& asked = asked_[number];
    asked.text = std::make_unique<FirstOctets>();
    asked.decoder = std::make_unique<PartDecoder>(
        asked.part, PartForm::readable, false, *asked.text);
    return asked.decoder.get();
  }

  Result<void> end(std::size_t number,
                   Result<client::BodyAnswer> answer) override {
    auto& asked = asked_[number];
    if (!answer && answer.error().kind != ErrorKind::no_such_item) {
      ++previews_.refused;
      if (!previews_.refusal) previews_.refusal = std::move(answer).error();
      return {};
    }
    if (!answer || !asked.decoder) return {};
    if (auto done = asked.decoder->finish(); !done) return done;
    previews_.texts[asked.index] = preview_of(asked.text->text);
    asked.decoder.reset();
    asked.text.reset();
    return {};
  }

  FetchedPreviews take() { return std::move(previews_); }

 private:
  struct Asked {
    std::size_t index;
    imap::BodyPart part;
    std::unique_ptr<FirstOctets> text;
    std::unique_ptr<PartDecoder> decoder;
  };

  std::span<const imap::FetchData> messages_;
  FetchedPreviews previews_;
  std::vector<Asked> asked_;
  std::size_t next_ = 0;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

}  // namespace

std::string preview_of(std::string_view text) {
  std::string preview;
  std::size_t characters = 0;
  bool blank = false;
  while (!text.empty() && characters < kPreviewCharacters) {
    const auto point = next_code_point(text);
    if (is_blank(text[0])) {
      blank = !preview.empty();
    } else {
      if (std::exchange(blank, false)) {
        preview += ' ';
        if (++characters == kPreviewCharacters) break;
      }
      append_utf8(preview, point.value);
      ++characters;
    }
    text.remove_prefix(point.octets);
  }
  while (preview.ends_with(' ')) preview.pop_back();
  return preview;
}

Result<FetchedPreviews> fetch_previews(
    client::ImapClient& client, std::span<const imap::FetchData> messages) {
  Previews previews(messages);
  if (auto asked = client.fetch_bodies(previews); !asked) {
    return std::move(asked).error();
  }
  return previews.take();
}

}  // namespace mailtool::app
