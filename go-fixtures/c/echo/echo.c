// A server on a preopened listener (sock_accept, sock_recv, sock_send,
// sock_shutdown): sends back what one client sends, then what it saw.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    enum { LISTENER = 3 };
    int client;
    while ((client = accept(LISTENER, NULL, NULL)) == -1 && errno == EAGAIN) {
        struct pollfd wait = {.fd = LISTENER, .events = POLLIN};
        poll(&wait, 1, -1);
    }
    if (client == -1) {
        perror("accept");
        return 1;
    }
    char text[64];
    ssize_t peeked = recv(client, text, 4, MSG_PEEK);
    size_t total = 0;
    ssize_t length;
    while ((length = recv(client, text, sizeof text, 0)) > 0) {
        total += length;
        for (ssize_t sent = 0; sent < length;)
            sent += send(client, text + sent, length - sent, 0);
    }
    char report[64];
    int size = snprintf(report, sizeof report, "|peeked %zd, echoed %zu", peeked, total);
    send(client, report, size, 0);
    if (shutdown(client, SHUT_WR) != 0)
        perror("shutdown");
    if (send(client, "x", 1, 0) != -1 || errno != EPIPE)
        perror("send after shutdown");
    printf("length at the end: %zd\n", length);
    return close(client);
}
