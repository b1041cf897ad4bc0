// vmime_bench headers|walk FILE...   messages and mboxes read by VMime.
//
// headers: From, To and Subject, decoded. walk: besides these every leaf is
// decoded to nowhere, and text is converted to UTF-8.

#include <vmime/platforms/posix/posixHandler.hpp>
#include <vmime/vmime.hpp>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace {

struct Totals {
  long messages = 0;
  std::size_t octets = 0;
};

class NullStream : public vmime::utility::outputStream {
 public:
  std::size_t octets = 0;
  void flush() override {}

 protected:
  void writeImpl(const vmime::byte_t*, size_t count) override {
    octets += count;
  }
};

void read_headers(const vmime::shared_ptr<vmime::header>& header,
                  Totals& totals) {
  const vmime::charset utf8("utf-8");
  if (header->hasField("From")) {
    const auto from = header->From()->getValue<vmime::mailbox>();
    totals.octets += from->getName().getConvertedText(utf8).size();
  }
  if (header->hasField("To")) {
    const auto to = header->To()->getValue<vmime::addressList>();
    for (const auto& mailbox : to->toMailboxList()->getMailboxList()) {
      totals.octets += mailbox->getName().getConvertedText(utf8).size();
    }
  }
  if (header->hasField("Subject")) {
    const auto subject = header->Subject()->getValue<vmime::text>();
    totals.octets += subject->getConvertedText(utf8).size();
  }
}

void decode_leaves(const vmime::shared_ptr<vmime::bodyPart>& part,
                   Totals& totals) {
  const auto body = part->getBody();
  if (body->getPartCount() == 0) {
    NullStream out;
    const auto type = body->getContentType();
    if (type.getType() == vmime::mediaTypes::TEXT) {
      const auto converter = vmime::charsetConverter::create(
          body->getCharset(), vmime::charset("utf-8"));
      const auto utf8 = converter->getFilteredOutputStream(out);
      body->getContents()->extract(*utf8);
      utf8->flush();
    } else {
      body->getContents()->extract(out);
    }
    totals.octets += out.octets;
  }
  for (size_t i = 0; i < body->getPartCount(); ++i) {
    decode_leaves(body->getPartAt(i), totals);
  }
}

void read_message(const std::string& octets, bool walk, Totals& totals) {
  ++totals.messages;
  auto message = vmime::make_shared<vmime::message>();
  message->parse(octets);
  read_headers(message->getHeader(), totals);
  if (walk) decode_leaves(message, totals);
}

void read_file(const char* path, bool walk, Totals& totals) {
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  if (!all.starts_with("From ")) return read_message(all, walk, totals);
  for (std::size_t at = 0; at != std::string::npos && at < all.size();) {
    const auto begin = all.find('\n', at) + 1;
    const auto next = all.find("\n\nFrom ", begin);
    read_message(all.substr(begin, next - begin), walk, totals);
    at = next == std::string::npos ? next : next + 2;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  vmime::platform::setHandler<vmime::platforms::posix::posixHandler>();
  Totals totals;
  for (int i = 2; i < argc; ++i) {
    read_file(argv[i], std::strcmp(argv[1], "walk") == 0, totals);
  }
  std::printf("%ld messages, %zu octets\n", totals.messages, totals.octets);
  return 0;
}
