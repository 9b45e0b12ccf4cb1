package io.rebootless.server.docs;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the page, Swagger UI's script and style, and openapi.json as it is checked in. Nothing comes from elsewhere and
 * nothing is inline. No key is asked for: all of it is in the public repository too, and says nothing about this server
 * or its fleet. The page only shows; no key is ever typed into a browser.
 */
@Configuration(proxyBeanMethods = false)
class DocsConfiguration implements WebMvcConfigurer, HandlerInterceptor {
    private static final String SWAGGER_UI = "classpath*:/META-INF/resources/webjars/swagger-ui/*/";

    /** Script and style are files of this server only; Swagger UI's style has images of its own as data: URLs. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addViewController("/docs").setViewName("forward:/docs/index.html");
        registry.addRedirectViewController("/docs/", "/docs");
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        var always = CacheControl.noCache();
        registry.addResourceHandler("/docs/{file:index.html|docs.js|docs.css|openapi.json}")
                .addResourceLocations("classpath:/docs/")
                .setCacheControl(always);
        registry.addResourceHandler("/docs/{file:swagger-ui.css|swagger-ui-bundle.js}")
                .addResourceLocations(swaggerUi())
                .setCacheControl(CacheControl.maxAge(1, TimeUnit.HOURS));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/docs", "/docs/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        response.setHeader("Content-Security-Policy", POLICY);
        return true;
    }

    /** The folder of the one version that is there. */
    private static Resource swaggerUi() {
        try {
            Resource script =
                    new PathMatchingResourcePatternResolver().getResources(SWAGGER_UI + "swagger-ui-bundle.js")[0];
            return script.createRelative("");
        } catch (IOException e) {
            throw new IllegalStateException("Swagger UI is missing from the server's libraries", e);
        }
    }
}
