#include "net/tls_bio.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace mailtool::net {
namespace {

TlsWire& wire_of(BIO* bio) { return *static_cast<TlsWire*>(BIO_get_data(bio)); }

bool try_again(int number) {
  return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

int write_records(BIO* bio, const char* octets, int count) {
  TlsWire& wire = wire_of(bio);
  BIO_clear_retry_flags(bio);
  const auto sent =
      ::send(wire.descriptor, octets, static_cast<std::size_t>(count),
             MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<int>(sent);
  if (try_again(errno))
    BIO_set_retry_write(bio);
  else
    wire.error = errno;
  return -1;
}

int read_records(BIO* bio, char* into, int room) {
  TlsWire& wire = wire_of(bio);
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(wire.descriptor, into, static_cast<std::size_t>(room),
                          MSG_DONTWAIT);
  if (got > 0) {
    if (wire.first.size() < TlsWire::kKept)
      wire.first.append(into, std::min(static_cast<std::size_t>(got),
                                       TlsWire::kKept - wire.first.size()));
    return static_cast<int>(got);
  }
  if (got == 0) {
    wire.ended = true;
    return 0;
  }
  if (try_again(errno))
    BIO_set_retry_read(bio);
  else
    wire.error = errno;
  return -1;
}

long control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return wire_of(bio).ended ? 1 : 0;
    default: return 0;
  }
}

int create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

BIO_METHOD* make_method() {
  BIO_METHOD* method =
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mail stream");
  if (method == nullptr) return nullptr;
  BIO_meth_set_write(method, write_records);
  BIO_meth_set_read(method, read_records);
  BIO_meth_set_ctrl(method, control);
  BIO_meth_set_create(method, create);
  return method;
}

}  // namespace

BIO* make_tls_bio(TlsWire& wire) {
  static const BIO_METHOD* const method = make_method();
  if (method == nullptr) return nullptr;
  BIO* bio = BIO_new(method);
  if (bio != nullptr) BIO_set_data(bio, &wire);
  return bio;
}

}  // namespace mailtool::net
