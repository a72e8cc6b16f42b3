import com.sun.net.httpserver.*;

public class Sample implements HttpHandler {
    public static void main(String[] arguments) throws Exception {
        String port = System.getenv("PORT");
        HttpServer server = HttpServer.create(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(port == null ? "8080" : port)), 0);
        server.createContext("/", new Sample());
        server.start();
    }

    public void handle(HttpExchange asked) throws java.io.IOException {
        asked.sendResponseHeaders(200, 3);
        asked.getResponseBody().write("ok\n".getBytes());
        asked.close();
    }
}
