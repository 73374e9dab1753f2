package io.cloudtunnel.it;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeMap;

/** What an object holds, for comparing two of a class that has no {@code equals}. */
final class FieldsOf {

    private FieldsOf() {}

    /**
     * Its fields by name, and those of objects in them which are of a package, or below it, and are
     * no values themselves.
     */
    static Map<String, Object> of(Object object, String inPackage) {
        Map<String, Object> all = new TreeMap<>();
        collect(object, inPackage, "", all);
        return all;
    }

    private static void collect(
            Object object, String inPackage, String before, Map<String, Object> all) {
        for (Field field : object.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            Object value = value(field, object);
            if (value == null) {
                all.put(before + field.getName(), "null");
            } else if (isOpaque(value.getClass(), inPackage)) {
                collect(value, inPackage, before + field.getName() + ".", all);
            } else {
                all.put(before + field.getName(), value);
            }
        }
    }

    private static boolean isOpaque(Class<?> type, String inPackage) {
        return type.getName().startsWith(inPackage)
                && !type.isRecord()
                && !type.isEnum()
                && !type.isHidden()
                && !Enum.class.isAssignableFrom(type);
    }

    private static Object value(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(field.toString(), e);
        }
    }
}
